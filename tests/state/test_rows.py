"""What a transaction remembers is bounded, and goes with it: `watch` runs for years."""

from __future__ import annotations

import gc
import sys
import weakref
from datetime import datetime

from converter.objects import CurrencyCard
from converter.state.opening import open_state
from converter.state.rows import REMEMBERED, memory_of
from converter.state.versions import Version, Versions


def test_a_transaction_leaves_nothing_behind(state_url: str) -> None:
    state = open_state(state_url, list, datetime(2026, 3, 2, 9))
    with state.begin() as connection:
        left = weakref.ref(memory_of(connection))
        assert left() is not None
    del connection
    gc.collect()
    assert left() is None
    state.close()


def test_what_many_objects_said_is_not_remembered_whole(state_url: str) -> None:
    kind = "Справочник.Валюты"
    state = open_state(state_url, list, datetime(2026, 3, 2, 9))
    with state.begin() as connection:
        versions = Versions(connection, "main")
        first = Version("mark", "full", CurrencyCard("643", "руб.", None))
        before = sys.getrefcount(first.record)
        versions.set_current(kind, "first", first)
        versions.hold("crm", kind, "first", first)
        for number in range(REMEMBERED + 1):
            other = Version("mark", "full", CurrencyCard("643", "руб.", None))
            versions.set_current(kind, str(number), other)
            versions.refresh("crm", kind, str(number))
        after = sys.getrefcount(first.record)
        assert after == before
        assert versions.current(kind, "first") == first
        assert versions.known("crm", kind, "first") == first
    state.close()

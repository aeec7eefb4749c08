"""What a transaction remembers goes with it: `watch` runs for years."""

from __future__ import annotations

import gc
import weakref
from datetime import datetime

from converter.state.opening import open_state
from converter.state.rows import memory_of


def test_a_transaction_leaves_nothing_behind(state_url: str) -> None:
    state = open_state(state_url, list, datetime(2026, 3, 2, 9))
    with state.begin() as connection:
        left = weakref.ref(memory_of(connection))
        assert left() is not None
    del connection
    gc.collect()
    assert left() is None
    state.close()

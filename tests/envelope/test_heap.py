"""The C library keeps what is freed, where it can: only for a large message, and it says so."""

from __future__ import annotations

import gc
import io
import platform

import pytest

from converter.envelope import heap
from converter.envelope.reader import Reader
from tests import messages


def test_glibc_takes_the_settings() -> None:
    assert heap.keep_freed_memory() == (platform.libc_ver()[0] == "glibc")


def test_cycles_are_still_looked_for_only_less_often() -> None:
    before = gc.get_threshold()
    try:
        gc.set_threshold(700, 10, 10)
        heap.suit_large_message.__wrapped__()
        assert gc.isenabled()
        assert gc.get_threshold()[0] > 700
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()


def test_only_a_large_message_asks_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[bool] = []
    monkeypatch.setattr(heap, "suit_large_message", lambda: asked.append(True))
    data = messages.crm_message(*[messages.crm_invoice()] * 50).encode()
    assert len(list(Reader(io.BytesIO(data)))) == 50
    assert not asked
    monkeypatch.setattr(heap, "LARGE", len(data) // 2)
    assert len(list(Reader(io.BytesIO(data)))) == 50
    assert asked

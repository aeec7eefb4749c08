"""Servers of every kind, cut off at every step of a pass (RELIABILITY F21, F22)."""

from __future__ import annotations

import pytest

from tests.far.conftest import Make, make, server
from tests.far.cuts import at_every_step, while_set_aside
from tests.far.world import Server

__all__ = ["make", "server"]

#: servers leave files open where they are cut off
pytestmark = pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_cut_off_at_every_step(after: bool, server: Server, make: Make) -> None:
    at_every_step(make(server), after)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_cut_off_while_a_file_is_set_aside(after: bool, server: Server, make: Make) -> None:
    while_set_aside(make(server), after)

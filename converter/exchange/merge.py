"""Two sides' versions of one object become one (PROTOCOL R3, R4). Pure: versions in, decision out."""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from converter.state.versions import Version


class Outcome(Enum):
    """What an incoming version is to the one that stands."""

    REPEAT = "repeat"  # what the sender is known to hold already: no change
    SAME = "same"  # what stands already, or stood before in a restored base
    NEXT = "next"  # the sender changed what stands
    WINS = "wins"  # both changed it, and the sender's stands from now on
    LOSES = "loses"  # both changed it, and the other's stays


class Merged(NamedTuple):
    """The outcome, and the version that was beaten where two were changed."""

    outcome: Outcome
    loser: Version | None = None

    @property
    def stands(self) -> bool:
        """Whether the incoming version is the one that stands from now on."""
        return self.outcome in (Outcome.NEXT, Outcome.WINS)


def merge(incoming: Version, base: str | None, current: Version | None, favoured: bool) -> Merged:
    """What becomes of an incoming version.

    ``base`` is the mark of the version that it was made on: what the sender sent last or is known
    to have read. ``favoured``: the sender wins conflicts.
    """
    if incoming.mark == base:
        return Merged(Outcome.REPEAT)
    if current is None:
        return Merged(Outcome.NEXT)
    if current.mark == incoming.mark:
        return Merged(Outcome.SAME)
    if current.mark == base:
        return Merged(Outcome.NEXT)
    return _conflict(incoming, current, favoured)


def merge_restored(incoming: Version, had: Sequence[Version], favoured: bool) -> Merged:
    """What becomes of a version of a restored base, which sends all that it has (R8).

    The object ``had`` these versions, the current one first: none of them is an edit. Another
    difference is a conflict.
    """
    if not had:
        return Merged(Outcome.NEXT)
    if any(each.mark == incoming.mark for each in had):
        return Merged(Outcome.SAME)
    return _conflict(incoming, had[0], favoured)


def _conflict(incoming: Version, current: Version, favoured: bool) -> Merged:
    if favoured:
        return Merged(Outcome.WINS, loser=current)
    return Merged(Outcome.LOSES, loser=incoming)

"""Two sides' versions of one object become one (PROTOCOL R3, R4). Pure: versions in, decision out."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from converter.state.versions import Version


class Outcome(Enum):
    """What an incoming version is to the one that stands."""

    REPEAT = "repeat"  # what the sender is known to hold already: no change
    SAME = "same"  # what stands already
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
    if favoured:
        return Merged(Outcome.WINS, loser=current)
    return Merged(Outcome.LOSES, loser=incoming)

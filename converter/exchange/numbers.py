"""What a message's numbers mean (SPEC §4; PROTOCOL R7). Pure: values in, a verdict out."""

from __future__ import annotations

from enum import Enum

from converter.envelope.header import Header
from converter.formats import ENTERPRISE_DATA
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.state.bases import Base, TakenMessage


class Verdict(Enum):
    """What to do with a message of a base."""

    TAKE = "taken"
    REPEAT = "repeat"
    LATE = "late"


def is_greeting(header: Header, has_body: bool) -> bool:
    """Whether a message only tells the settings of a connection: no Body, and either 1C's bare
    format or no number of its own."""
    return not has_body and (header.namespace == ENTERPRISE_DATA or not header.message_no)


def judge(
    header: Header, number: int, digest: str, base: Base, known: TakenMessage | None
) -> Verdict | Problem:
    """The verdict on a numbered message, or the alarm that it raises.

    ``known`` is the message of that number that was taken from this base in its present life.
    """
    acknowledged = header.received_no or 0
    if known is not None and known.digest == digest:
        return Verdict.REPEAT
    if base.restored is not None:
        return _after_restoring(header, base)
    if known is not None:
        return say.NUMBER_REUSED(number=number, side=base.side)
    if number <= base.received:
        if base.created is not None and header.created > base.created:
            return say.NUMBER_FELL(number=number, received=base.received, side=base.side)
        return Verdict.LATE
    if acknowledged > base.sent:
        return say.ACK_UNKNOWN(number=acknowledged, sent=base.sent, side=base.side)
    return Verdict.TAKE


def _after_restoring(header: Header, base: Base) -> Verdict:
    """The first message created after `doctor --restored` is taken whatever its number (R8)."""
    assert base.restored is not None
    return Verdict.TAKE if header.created > base.restored else Verdict.LATE

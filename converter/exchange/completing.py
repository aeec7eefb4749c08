"""Which version BP's was made on: what BP leaves out of an object comes from that (SPEC §3)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from converter.exchange.restored import is_doubted
from converter.exchange.session import Session
from converter.mapping.content import mark
from converter.state.versions import UNKNOWN, Version

SIDE = "bp"


class Last(NamedTuple):
    """The version that BP's is completed from, None where there is none.

    ``certain``: BP has all that this adds. Else it may never have read that version, and is told
    what stands.
    """

    record: Any
    certain: bool


def made_on(session: Session, kind: str, ref: str, completed: Callable[[Any], Any]) -> Last:
    """What BP's version was made on, and is ``completed`` from: what it holds, else was told, else
    what stands; of what is deleted what it was before, since BP may bring it back."""
    versions = session.versions
    known = versions.known(SIDE, kind, ref)
    doubted = is_doubted(session, SIDE, known)
    if known is not None and known.record is not None and not doubted:
        return Last(known.record, known.full != UNKNOWN)
    former = [each for each in versions.former(kind, ref) if each.record is not None]
    told, current = versions.told(SIDE, kind, ref), versions.current(kind, ref)
    said = (known, told, current, *former)
    last = next((each.record for each in said if each and each.record is not None), None)
    if not doubted or known is None or last is None:
        return Last(last, False)
    return _of_a_backup(former, current, last, completed)


def _of_a_backup(
    former: list[Version], current: Version | None, last: Any, completed: Callable[[Any], Any]
) -> Last:
    """A restored BP holds what the object was once, where its version says just that (R8).

    It holds what stands where it says that, whichever of its versions BP may have had.
    """
    ends = [mark(completed(each.record)) for each in former]
    for version, end in zip(former, ends, strict=True):
        if end == version.mark:
            return Last(version.record, True)
    stands = {mark(completed(last)), *ends}
    return Last(last, current is not None and stands == {current.mark})

"""Versions that are refused: held whole, replaced, dropped, released (SPEC §5, PROTOCOL R5)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from hashlib import sha256
from typing import NamedTuple

from lxml import etree

from converter.exchange.session import Session
from converter.problems import Problem
from converter.problems.keeping import as_texts, kept
from converter.state.held import Held

#: gives an object as it is kept
Raw = Callable[[], bytes]


class Given(NamedTuple):
    """An object as its side gave it, in a ``version`` of the format.

    One that was held and is ``retried`` was made on its ``base``.
    """

    raw: Raw
    version: str = ""
    base: str | None = None
    retried: bool = False


class Refusal(NamedTuple):
    """A version that is refused, at which stage and why."""

    side: str
    kind: str
    ref: str
    stage: str
    problems: list[Problem]
    given: Given


def hold(session: Session, refusal: Refusal) -> None:
    """Hold a version of an object; one that comes again unchanged is not told again.

    It was made on what its side holds; one that was held and is retried, on what it was made on then.
    """
    side, kind, ref, stage, problems, given = refusal
    raw = given.raw()
    digest = sha256(raw or as_texts(problems).encode()).hexdigest()
    before = session.held.get(side, kind, ref)
    same = before is not None and (before.digest, before.stage) == (digest, stage)
    texts = as_texts(problems)
    if given.retried and before is not None:
        base = before.base
        if _words(before.reasons()) == _words(problems):
            texts = before.problems  # which say where it stood in its message
    else:
        known = session.versions.known(side, kind, ref)
        base = None if known is None else known.mark
    held = Held(
        side=side,
        kind=kind,
        ref=ref,
        stage=stage,
        raw=raw,
        digest=digest,
        base=base,
        version=given.version,
        problems=texts,
        since=before.since if same and before is not None else session.now,
    )
    session.changed = True
    if same and before is not None:
        session.held.put(held)
        return
    if before is not None:
        _journal_drop(session, before, "replaced")
    session.held.put(held)
    session.journal.write("held", side, kind, ref, problems=[kept(each) for each in problems])
    session.report.held += 1
    for problem in problems:
        session.report.tell(problem)


def _words(problems: list[Problem]) -> list[tuple[str, object]]:
    """What problems say, wherever they stand."""
    return [(each.kind.id, kept(each)["details"]) for each in problems]


def raw(element: etree._Element) -> bytes:
    """An object as it is kept: its element alone."""
    return etree.tostring(element, encoding="utf-8", with_tail=False)


def raw_of(element: etree._Element) -> Raw:
    """The same when it is asked for, while the element stands: most are never held."""
    return partial(raw, element)


def drop_held(session: Session, side: str, kind: str, ref: str, why: str) -> None:
    """What is held of an object from a side is over: replaced, beaten, or released."""
    held = session.held.get(side, kind, ref)
    if held is None:
        return
    session.held.drop(side, kind, ref)
    session.changed = True
    _journal_drop(session, held, why)
    if why == "released":
        session.report.released += 1


def _journal_drop(session: Session, held: Held, why: str) -> None:
    session.journal.write(
        "released" if why == "released" else "dropped",
        held.side,
        held.kind,
        held.ref,
        why=why,
        raw=held.raw.decode("utf-8", "replace"),
    )

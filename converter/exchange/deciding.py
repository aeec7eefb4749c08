"""What a pass decides, inside its transaction: files in, messages out, and what to keep of both."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from converter.exchange import corrections
from converter.exchange.archive import Archive, Kept, Record
from converter.exchange.commands import retry_one
from converter.exchange.gathering import Gathered, Input
from converter.exchange.holding import drop_held
from converter.exchange.operations import judge_all
from converter.exchange.readings import ATTEMPTS, Readings
from converter.exchange.report import Written
from converter.exchange.session import Session
from converter.exchange.states import count_all
from converter.exchange.taking import End, Judged, Peek, alarm, greet, peek, take
from converter.exchange.writing import Item, Letter, is_due, items, make, pieces
from converter.folder.aside import moment_name, taken_in
from converter.folder.durable import temporary_in
from converter.folder.failures import failing
from converter.formats import Dialect
from converter.problems import Problem, Severity
from converter.problems import catalogue as say
from converter.problems.keeping import kept, told
from converter.settings import Link
from converter.state.bases import SIDES
from converter.state.files import Files, Seen
from converter.state.held import WRITE
from converter.state.outbox import Outgoing

Passwords = Mapping[str, bytes | None]


class Stored(NamedTuple):
    """A message to be kept: what its record says of it, where it lies and where it goes."""

    kept: Kept
    source: Path
    target: Path


class Decided(NamedTuple):
    """What a pass will have done when it is committed."""

    taken: list[Stored]
    written: list[Stored]
    aside: list[dict[str, object]]

    @property
    def moves(self) -> list[tuple[Path, Path]]:
        """What brings the messages to their places in the archive."""
        return [(each.source, each.target) for each in (*self.taken, *self.written)]

    def record(
        self, number: int, at: datetime, link: Link, command: dict[str, Any] | None
    ) -> Record:
        """The record of the pass for the archive."""
        return Record(
            number=number,
            at=at,
            conflicts=link.conflicts,
            version=link.bp.version,
            taken=tuple(each.kept for each in self.taken),
            written=tuple(each.kept for each in self.written),
            aside=tuple(self.aside),
            command=command,
        )


def decide(session: Session, gathered: Gathered, passwords: Passwords, archive: Archive) -> Decided:
    """Take what is new, judge and count what follows from it, and make the messages that are due.

    Each reading is noted before it begins, since it may end the process.
    """
    decided = Decided([], [], [])
    inputs = _in_order(_peek_noted(each, passwords[each.side]) for each in gathered.inputs)
    with _followed(session):
        for peeked in inputs:
            judged = _one(session, peeked, passwords, _noted(peeked))
            if judged is not None:
                decided.taken.extend(_kept(session, peeked.input, judged, archive))
                decided.aside.extend(_aside(session, peeked.input, judged))
                _seen(session, peeked.input, judged)
        _all_once_more([each.input for each in inputs if each.refusal is None])
    for draft in _due(session, gathered.away):
        made, message = _written(session, draft, archive.prepare(draft.side))
        decided.written.append(_keep_written(session, draft.side, made, message, archive))
    return decided


def plan(session: Session, gathered: Gathered, passwords: Passwords, scratch: Path) -> None:
    """The same, and nothing is kept; messages are made in ``scratch``."""
    with _followed(session):
        for peeked in _in_order(peek(each, passwords[each.side]) for each in gathered.inputs):
            judged = _one(session, peeked, passwords, nullcontext())
            if judged is not None:
                _seen(session, peeked.input, judged)
    for draft in _due(session, gathered.away):
        _written(session, draft, scratch)


def decide_again(
    session: Session, inputs: list[Input], passwords: Passwords, archive: Archive, record: Record
) -> None:
    """The same once more, as a record tells it: with its messages, byte for byte."""
    with _followed(session):
        for peeked in _in_order(peek(each, passwords[each.side]) for each in inputs):
            _one(session, peeked, passwords, nullcontext())
    _again(session, archive, record)


@contextmanager
def _followed(session: Session) -> Iterator[None]:
    """What follows from the messages that are taken in the block is judged and counted after it."""
    version = session.dialect()
    yield
    if session.dialect() != version:
        _try_again(session)
    judge_all(session)
    corrections.tell(session)
    count_all(session)


def _in_order(peeked: Iterable[Peek]) -> list[Peek]:
    return sorted(peeked, key=lambda each: (SIDES.index(each.input.side), *each.order))


def _peek_noted(given: Input, password: bytes | None) -> Peek:
    """The head of a file; of one whose reading ended the process too often, only that."""
    readings = Readings(given.copy.parent)
    if readings.count(given.digest) >= ATTEMPTS:
        return Peek(given, say.POISON(count=ATTEMPTS))
    with readings.reading(given.digest):
        return peek(given, password)


# -- in ------------------------------------------------------------------------------------------


def _noted(peeked: Peek) -> AbstractContextManager[None]:
    """How the reading of a file that is read is noted."""
    if peeked.refusal is not None:
        return nullcontext()
    return Readings(peeked.input.copy.parent).reading(peeked.input.digest)


def _one(
    session: Session, peeked: Peek, passwords: Passwords, noted: AbstractContextManager[None]
) -> Judged | None:
    """Take a file, its reading ``noted``; None where it is not even looked at."""
    given = peeked.input
    if session.base(given.side).alarm is not None:
        return None  # an earlier file of this pass raised it
    session.report.reading = given.name
    with noted:
        judged = take(session, peeked, passwords[given.side])
    session.report.reading = ""
    return judged


def _all_once_more(inputs: list[Input]) -> None:
    """What follows from them may end the process too, and nobody can tell whose fault that is."""
    for folder, digest in dict.fromkeys((each.copy.parent, each.digest) for each in inputs):
        Readings(folder).begin(digest)


def _seen(session: Session, given: Input, judged: Judged) -> None:
    """Not to be read again while it stays as it is; one to be moved away says why."""
    report = name = None
    if judged.end is End.ASIDE:
        report = _report_text(session.report.aside[-1].problem, session.now)
        rejected = session.link.of(given.side).folder / "rejected"
        name = moment_name(session.now, given.name, taken_in(rejected))
    files = Files(session.connection, session.link.name, given.side)
    files.put(Seen(given.name, given.stamp, given.since, judged.end.value, report, name))


def _report_text(problem: Problem, now: datetime) -> str:
    """What lies beside a file in ``rejected/``: what, where, what to do, in both languages."""
    where = problem.where
    place = f"{where.file}:{where.line}" if where.line is not None else where.file
    lines = [f"{now:%Y-%m-%d %H:%M:%S} UTC", place, f"[{problem.kind.id}]", ""]
    for lang in ("ru", "en"):
        lines += [problem.what(lang), f"→ {problem.cure(lang)}", ""]
    return "\n".join(lines)


def _aside(session: Session, given: Input, judged: Judged) -> Iterator[dict[str, object]]:
    """What the record says of a file that was set aside."""
    if judged.end is End.ASIDE:
        problem = kept(session.report.aside[-1].problem)
        yield {"side": given.side, "name": given.name, "stamp": given.stamp, "problem": problem}


def _kept(session: Session, given: Input, judged: Judged, archive: Archive) -> Iterator[Stored]:
    """The message of a file that was taken."""
    if judged.end in (End.TAKEN, End.GREETED):
        suffix = ".zip" if judged.inner is not None else ".xml"
        place = archive.place(given.side, "in", session.number, judged.number, session.now, suffix)
        message = Kept(given.side, judged.number, place.name, given.digest, given.name)
        yield Stored(message, given.copy, place.path)


def _try_again(session: Session) -> None:
    """BP's version changed: what could not be said in the old one may be now."""
    for held in session.held.all():
        if held.side != "crm":
            continue
        if held.stage == WRITE:
            drop_held(session, held.side, held.kind, held.ref, "released")
        elif any(each.kind.id == say.VAT_NOT_IN_VERSION.id for each in held.reasons()):
            retry_one(session, held)


# -- out -----------------------------------------------------------------------------------------


class _Draft(NamedTuple):
    """A message to be made: to whom, in what it is written, and of what."""

    side: str
    dialect: Dialect
    queue: list[Item]


def _due(session: Session, away: frozenset[str]) -> Iterator[_Draft]:
    """The messages that are due to the sides that are not away."""
    for side in SIDES:
        if side not in away and (draft := _draft(session, side)) is not None:
            yield draft


def _draft(session: Session, side: str) -> _Draft | None:
    base = session.base(side)
    if base.alarm is not None or base.restored is not None:
        return None
    queue = items(session, side)
    due = is_due(base, queue)
    if base.shown == "greeting" and (due or queue) and not _waited(session, side):
        return None
    if not due:
        if base.shown == "greeting" and queue:
            _show_message(session, side)
        return None
    dialect = session.dialect_of(side)
    if dialect is None:
        _no_version(session, len(queue))
        return None
    return _Draft(side, dialect, queue)


def _written(session: Session, draft: _Draft, folder: Path) -> tuple[Path, Outgoing]:
    """A message that is due, made and told of."""
    made = temporary_in(folder)
    letter = _made(session, draft, made)
    message, received = letter.message, letter.received
    session.journal.write(
        "written", draft.side, number=message.number, received=received, objects=message.objects
    )
    session.report.written.append(
        Written(draft.side, message.number, message.objects, received, "")
    )
    return made, message


def write_empty(session: Session, side: str, archive: Archive) -> Iterator[Stored]:
    """A message without objects that acknowledges nothing: in the place of our old one (R8)."""
    dialect = session.dialect_of(side)
    if dialect is not None:
        made = temporary_in(archive.prepare(side))
        letter = _made(session, _Draft(side, dialect, []), made)
        yield _keep_written(session, side, made, letter.message, archive)


def _made(session: Session, draft: _Draft, path: Path) -> Letter:
    """A message made into a file, durable there."""
    side, dialect, queue = draft
    with failing(path.parent), path.open("x+b") as out:
        letter = make(session, side, dialect, queue, out, session.now)
        out.flush()
        os.fsync(out.fileno())
    return letter


def _keep_written(
    session: Session, side: str, made: Path, message: Outgoing, archive: Archive
) -> Stored:
    place = archive.place(side, "out", session.number, message.number, session.now, ".xml")
    told = Kept(side, message.number, place.name, message.digest, "")
    return Stored(told, made, place.path)


def _waited(session: Session, side: str) -> bool:
    """Whether data have waited behind our greeting for as long as they must (R11)."""
    base = session.base(side)
    if side == "bp" and session.dialect() is None:
        return False
    if base.behind is None:
        session.bases.set_base(replace(base, behind=session.now))
        return session.link.settle == 0 and side not in session.greeted
    return session.now - base.behind >= timedelta(seconds=session.link.settle)


def _show_message(session: Session, side: str) -> None:
    """Our greeting gives way to the message that it replaced."""
    session.bases.set_base(replace(session.base(side), shown="message", stamp=None, behind=None))


def _no_version(session: Session, waiting: int) -> None:
    """BP has not said its versions, or none is common: nothing but our greeting is written."""
    base = session.base("bp")
    if base.formats:
        theirs = ", ".join(base.formats)
        session.report.tell(say.VERSION_NONE(theirs=theirs))
        return
    if base.shown is None:
        greet(session, "bp")
        session.tell(say.VERSION_UNKNOWN(waiting=waiting), "bp")


# -- again ---------------------------------------------------------------------------------------


def _again(session: Session, archive: Archive, record: Record) -> None:
    """Write just what the record says was written, with just those bytes (R9, R10)."""
    for values in record.aside:
        problem = told(values["problem"])
        if problem.kind.severity is Severity.ALARM:
            _alarm_again(session, archive, values, problem)
    for each in record.written:
        path = archive.path(each)
        dialect = session.dialect_of(each.side)
        with tempfile.TemporaryFile() as out:
            if dialect is not None and session.base(each.side).sent == each.number - 1:
                queue = items(session, each.side) if record.command is None else []  # as then
                make(session, each.side, dialect, queue, out, record.at)
        outbox = session.outbox(each.side)
        made = outbox.get(each.number)
        objects = 0 if made is None else made.objects
        if made is None or made.digest != each.digest:
            outbox.drop(each.number)
            with path.open("rb") as file:
                message = Outgoing(each.number, each.digest, record.at, objects)
                outbox.add(message, pieces(file))
            session.journal.write("replayed_bytes", each.side, number=each.number)
        base = session.base(each.side)
        session.journal.write(
            "written", each.side, number=each.number, received=base.received, objects=objects
        )
        session.set_base(replace(base, sent=max(base.sent, each.number), stamp=None))


def _alarm_again(
    session: Session, archive: Archive, values: dict[str, Any], problem: Problem
) -> None:
    """Its base is not read any more, so the file must be moved for what the record says of it; one
    of another stamp is a newer one. What else was refused is judged anew."""
    side, name = values["side"], values["name"]
    stamp = values.get("stamp", "")  # records of earlier versions have none
    given = Input(side, name, stamp, "", archive.of(side), session.now, True)
    _seen(session, given, alarm(session, given, problem))

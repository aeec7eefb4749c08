"""What a pass decides, inside its transaction: files in, messages out, and what to keep of both."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from contextlib import nullcontext
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


class Decided(NamedTuple):
    """What a pass will have done when it is committed.

    ``moves`` bring the messages to their places in the archive.
    """

    taken: list[Kept]
    written: list[Kept]
    moves: list[tuple[Path, Path]]
    aside: list[dict[str, object]]

    def record(
        self, number: int, at: datetime, link: Link, command: dict[str, Any] | None
    ) -> Record:
        """The record of the pass for the archive."""
        return Record(
            number=number,
            at=at,
            conflicts=link.conflicts,
            version=link.bp.version,
            taken=tuple(self.taken),
            written=tuple(self.written),
            aside=tuple(self.aside),
            command=command,
        )


def decide(
    session: Session,
    gathered: Gathered,
    passwords: Passwords,
    archive: Archive | None,
    counted: bool = False,
    scratch: Path | None = None,
    replayed: Record | None = None,
) -> Decided:
    """Take what is new, judge and count what follows from it, and make the messages that are due.

    Without an ``archive`` nothing is kept: a plan. ``replayed`` is a pass that is done again.
    ``counted``: each reading is noted before it begins, since it may end the process.
    """
    decided = Decided([], [], [], [])
    version = session.dialect()
    inputs = _in_order(gathered.inputs, passwords, counted)
    for peeked in inputs:
        _one(session, peeked, passwords, counted, archive, decided, replayed is not None)
    if counted:
        _all_once_more([each.input for each in inputs if each.refusal is None])
    if session.dialect() != version:
        _try_again(session)
    judge_all(session)
    corrections.tell(session)
    count_all(session)
    if replayed is not None:
        _again(session, archive, replayed)
        return decided
    for side in SIDES:
        if side not in gathered.away:
            _write(session, side, archive, scratch, decided)
    return decided


def _in_order(inputs: list[Input], passwords: Passwords, counted: bool) -> list[Peek]:
    peeked = [_peek(each, passwords[each.side], counted) for each in inputs]
    return sorted(peeked, key=lambda each: (SIDES.index(each.input.side), *each.order))


def _peek(given: Input, password: bytes | None, counted: bool) -> Peek:
    """The head of a file; of one whose reading ended the process too often, only that."""
    if not counted:
        return peek(given, password)
    readings = Readings(given.copy.parent)
    if readings.count(given.digest) >= ATTEMPTS:
        return Peek(given, say.POISON(count=ATTEMPTS))
    with readings.reading(given.digest):
        return peek(given, password)


# -- in ------------------------------------------------------------------------------------------


def _one(
    session: Session,
    peeked: Peek,
    passwords: Passwords,
    counted: bool,
    archive: Archive | None,
    decided: Decided,
    again: bool,
) -> None:
    given = peeked.input
    if session.base(given.side).alarm is not None:
        return  # an earlier file of this pass raised it
    session.report.reading = given.name
    reads = counted and peeked.refusal is None
    with Readings(given.copy.parent).reading(given.digest) if reads else nullcontext():
        judged = take(session, peeked, passwords[given.side])
    session.report.reading = ""
    if judged.end is End.ASIDE:
        problem = kept(session.report.aside[-1].problem)
        decided.aside.append(
            {"side": given.side, "name": given.name, "stamp": given.stamp, "problem": problem}
        )
    if not again:
        _seen(session, given, judged)
    if judged.end in (End.TAKEN, End.GREETED) and archive is not None and not again:
        _keep(session, given, judged, archive, decided)


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


def _keep(
    session: Session, given: Input, judged: Judged, archive: Archive, decided: Decided
) -> None:
    suffix = ".zip" if judged.inner is not None else ".xml"
    place = archive.place(given.side, "in", session.number, judged.number, session.now, suffix)
    decided.moves.append((given.copy, place.path))
    decided.taken.append(Kept(given.side, judged.number, place.name, given.digest, given.name))


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


def _write(
    session: Session, side: str, archive: Archive | None, scratch: Path | None, decided: Decided
) -> None:
    base = session.base(side)
    if base.alarm is not None or base.restored is not None:
        return
    queue = items(session, side)
    due = is_due(base, queue)
    if base.shown == "greeting" and (due or queue) and not _waited(session, side):
        return
    if not due:
        if base.shown == "greeting" and queue:
            _show_message(session, side)
        return
    dialect = session.dialect_of(side)
    if dialect is None:
        _no_version(session, len(queue))
        return
    folder = scratch or (archive.prepare(side) if archive is not None else None)
    assert folder is not None
    made = temporary_in(folder)
    letter = _made(session, side, dialect, queue, made)
    message = letter.message
    session.journal.write(
        "written", side, number=message.number, received=letter.received, objects=message.objects
    )
    session.report.written.append(
        Written(side, message.number, message.objects, letter.received, "")
    )
    if archive is not None and scratch is None:
        _keep_written(session, side, made, message, archive, decided)


def write_empty(session: Session, side: str, archive: Archive, decided: Decided) -> None:
    """A message without objects that acknowledges nothing: in the place of our old one (R8)."""
    dialect = session.dialect_of(side)
    if dialect is None:
        return
    made = temporary_in(archive.prepare(side))
    letter = _made(session, side, dialect, [], made)
    _keep_written(session, side, made, letter.message, archive, decided)


def _made(session: Session, side: str, dialect: Dialect, queue: list[Item], path: Path) -> Letter:
    """A message made into a file, durable there."""
    with failing(path.parent), path.open("x+b") as out:
        letter = make(session, side, dialect, queue, out, session.now)
        out.flush()
        os.fsync(out.fileno())
    return letter


def _keep_written(
    session: Session,
    side: str,
    made: Path,
    message: Outgoing,
    archive: Archive,
    decided: Decided,
) -> None:
    place = archive.place(side, "out", session.number, message.number, session.now, ".xml")
    decided.moves.append((made, place.path))
    decided.written.append(Kept(side, message.number, place.name, message.digest, ""))


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


def _again(session: Session, archive: Archive | None, record: Record) -> None:
    """Write just what the record says was written, with just those bytes (R9, R10)."""
    assert archive is not None
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

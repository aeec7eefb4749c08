"""Taking one message: numbers first, then its objects, all of them or none (SPEC §4, §5)."""

from __future__ import annotations

import json
from datetime import datetime
from enum import Enum
from hashlib import sha256
from typing import NamedTuple

from msgspec.structs import replace

from converter.conversion.intake import message_dialect
from converter.envelope.header import Header
from converter.envelope.reader import LIMITS, Reader
from converter.exchange.from_bp import FromBp
from converter.exchange.from_crm import FromCrm
from converter.exchange.gathering import Input
from converter.exchange.numbers import Verdict, is_greeting, judge
from converter.exchange.report import SetAside, Taken
from converter.exchange.restored import complete, missing
from converter.exchange.session import Session
from converter.exchange.writing import greeting
from converter.folder.zips import digest_of, open_message
from converter.formats import Dialect, dialect_of
from converter.problems import Problem, Rejected, Severity
from converter.problems import catalogue as say
from converter.problems.keeping import kept
from converter.state import codec
from converter.state.bases import OTHER, TakenMessage, in_alarm
from converter.state.files import Files
from converter.state.outbox import Outgoing

#: read by larger pieces: the more is there, the more can be asked for ahead
_LIMITS = replace(LIMITS, chunk=1 << 18)
#: what a file looks like that is still being written
_UNFINISHED = frozenset(
    {
        say.FILE_EMPTY.id,
        say.NOT_XML.id,
        say.XML_CUT.id,
        say.XML_BROKEN.id,
        say.XML_ENCODING.id,
        say.ZIP_CUT.id,
        say.ZIP_DAMAGED.id,
    }
)


class End(Enum):
    """What became of a file."""

    TAKEN = "taken"
    REPEAT = "repeat"
    LATE = "late"
    GREETED = "greeted"
    GREETING = "greeting"
    UNFINISHED = "unfinished"
    ASIDE = "aside"
    ASK = "ask"


class Judged(NamedTuple):
    """What became of a file; of one to be kept the message's number, and its name in a zip."""

    end: End
    number: int = 0
    inner: str | None = None


class Peek(NamedTuple):
    """What can be told of a file before its objects are read; of a refused one only why."""

    input: Input
    refusal: Problem | None = None
    header: Header | None = None
    has_body: bool = False
    digest: str = ""
    inner: str | None = None
    form: str = "xml"

    @property
    def order(self) -> tuple[bool, int, datetime]:
        """Messages by their number, never by their time (R12); greetings after them."""
        if self.header is None:
            return True, 0, datetime.min
        greets = is_greeting(self.header, self.has_body)
        return greets, self.header.message_no or 0, self.header.created


def peek(given: Input, password: bytes | None) -> Peek:
    """The header of a file, and the digest of the message inside."""
    if given.refusal is not None:
        return Peek(given, given.refusal)
    digest = given.digest
    try:
        with given.copy.open("rb") as file, open_message(file, password) as opened:
            inner = opened.inner
            if inner is not None:
                digest = digest_of(opened.stream)
        with given.copy.open("rb") as file, open_message(file, password) as opened:
            message = Reader(opened.stream)
            body = message.namespace is not None
            return Peek(given, None, message.header, body, digest, inner, opened.form)
    except Rejected as refusal:
        return Peek(given, refusal.problem)


def take(session: Session, peeked: Peek, password: bytes | None) -> Judged:
    """Judge a file, and take it where it is a new message of its base."""
    given = peeked.input
    if peeked.refusal is not None or peeked.header is None:
        assert peeked.refusal is not None
        return _refuse(session, given, peeked.refusal)
    try:
        _check_address(session, given.side, peeked)
        if is_greeting(peeked.header, peeked.has_body):
            return _greeted(session, given, peeked)
        return _numbered(session, given, peeked, password)
    except _Ask as ask:
        return _asked(session, given, ask.missing)
    except Rejected as refusal:
        return _refuse(session, given, refusal.problem)


def _numbered(session: Session, given: Input, peeked: Peek, password: bytes | None) -> Judged:
    header = peeked.header
    assert header is not None
    number = header.message_no
    if number is None or (number == 0 and peeked.has_body):
        raise Rejected(say.NUMBER_MISSING())
    base = session.base(given.side)
    known = session.bases.incoming(base, number)
    _check_format(session, given.side, header)
    verdict = judge(header, number, peeked.digest, base, known)
    if isinstance(verdict, Problem):
        _to_its_end(given, password)
        return alarm(session, given, verdict)
    if verdict is Verdict.REPEAT:
        return Judged(End.REPEAT)
    if verdict is Verdict.LATE:
        problem = say.MESSAGE_LATE(number=number, received=base.received)
        session.tell(problem.at(file=given.name), given.side)
        return Judged(End.LATE)
    session.named.clear()
    with session.attempt():
        objects = _objects(session, given, header, number, password)
        if base.restored is not None:
            _ask_or_complete(session, given.side, base.agreed)
    _accepted(session, given, peeked, number, objects)
    return Judged(End.TAKEN, number, peeked.inner)


def _to_its_end(given: Input, password: bytes | None) -> None:
    """An alarm is raised by a whole message alone: one that is taken already, and is being copied
    once more, has other bytes too for as long as it is cut short. Raises `Rejected`."""
    with given.copy.open("rb") as file, open_message(file, password) as opened:
        for _ in Reader(opened.stream):
            pass


class _Ask(Exception):
    """A person must agree first to what would go; nothing of the message is applied."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(len(missing))
        self.missing = missing


def _ask_or_complete(session: Session, side: str, agreed: bool) -> None:
    gone = missing(session, side)
    if gone and not agreed:
        raise _Ask(gone)
    complete(session, gone)


def _asked(session: Session, given: Input, gone: list[str]) -> Judged:
    """Say what the base did not name; its message lies there until somebody agrees (R8)."""
    for ref in gone:
        session.journal.write("missing", given.side, codec.OPERATION, ref)
    problem = say.RESTORED_ASK(count=len(gone), side=given.side)
    session.report.tell(problem.at(file=given.name))
    session.changed = True  # a pass of its own: which file lacks what is told apart by that
    return Judged(End.ASK)


def _objects(
    session: Session, given: Input, header: Header, number: int, password: bytes | None
) -> int:
    """Apply what a message acknowledges, then its objects one by one; returns how many."""
    acknowledge(session, given.side, header.received_no or 0)
    count = 0
    with given.copy.open("rb") as file, open_message(file, password) as opened:
        message = Reader(opened.stream, _LIMITS)
        if message.namespace is None:
            _heard(session, given.side, header)
            return 0
        dialect = message_dialect(message)
        _heard(session, given.side, header)
        work = _taker(session, given.side, dialect)
        for element in message:
            count += 1
            work.take(element)
        work.finish()
    return count


def _taker(session: Session, side: str, dialect: Dialect) -> FromCrm | FromBp:
    if side == "bp":
        return FromBp(session, dialect)
    return FromCrm(session, session.crm.at(dialect.version))


def acknowledge(session: Session, side: str, number: int) -> None:
    """A side has read our messages up to a number (SPEC §4)."""
    base = session.base(side)
    number = min(number, base.sent)
    if number <= base.acknowledged or base.restored is not None:
        return
    session.versions.settle(side, number)
    session.outbox(side).forget_bytes(number, but=base.sent)
    session.set_base(replace(base, acknowledged=number))


def _heard(session: Session, side: str, header: Header) -> None:
    """What a base says of itself in the head of any message."""
    base = session.base(side)
    versions = json.dumps(list(header.versions))
    types = json.dumps([list(each) for each in header.object_types], ensure_ascii=False)
    heard = replace(
        base,
        versions=versions if header.versions else base.versions,
        types=types if header.object_types else base.types,
        peer=header.new_from.lower() if header.new_from else base.peer,
        prefix=header.prefix or base.prefix,
        plan=header.plan or base.plan,
    )
    if heard != base:
        session.set_base(heard)
        if side == "crm" and heard.types != base.types and session.crm.enterprise:
            for kind, ref in session.versions.names():
                session.change(kind, ref)
        if heard.versions != base.versions:
            session.journal.write("versions", side, versions=list(header.versions))
    if header.plan not in (None, session.link.plan, base.plan):
        session.tell(say.PLAN_OTHER(plan=header.plan, expected=session.link.plan), side)


def _accepted(session: Session, given: Input, peeked: Peek, number: int, objects: int) -> None:
    header = peeked.header
    assert header is not None
    base = session.base(given.side)
    session.bases.add_incoming(
        base, TakenMessage(number, peeked.digest, header.created, session.now, objects)
    )
    session.rejections.end(given.side)
    session.set_base(
        replace(
            base,
            received=number,
            created=max(header.created, base.created or header.created),
            owed=base.owed or objects > 0,
            form=peeked.form,
            inner=peeked.inner,
            shown="message" if base.shown == "greeting" else base.shown,
            stamp=None if base.shown == "greeting" else base.stamp,
            behind=None,
            restored=None,
            agreed=False,
        )
    )
    session.journal.write(
        "taken", given.side, number=number, received=header.received_no, objects=objects
    )
    session.report.taken.append(Taken(given.side, number, objects, given.name))


# -- greetings -----------------------------------------------------------------------------------


def _greeted(session: Session, given: Input, peeked: Peek) -> Judged:
    """A base tells its settings; it is answered with ours (SPEC §4, "Greeting")."""
    header = peeked.header
    assert header is not None
    base = session.base(given.side)
    if base.created is not None and header.created <= base.created and base.restored is None:
        return Judged(End.LATE)
    files = Files(session.connection, session.link.name, given.side)
    lay = files.all().get(given.name)
    stays = lay is not None and lay.verdict in (End.GREETED.value, End.GREETING.value)
    if base.greeting == peeked.digest and stays:
        return Judged(End.GREETING)
    _heard(session, given.side, header)
    base = replace(
        session.base(given.side),
        greeting=peeked.digest,
        greeted=session.now,
        form=peeked.form,
        inner=peeked.inner,
    )
    session.set_base(base)
    greet(session, given.side)
    session.journal.write("greeted", given.side, versions=list(header.versions))
    session.report.events.append(("greeted", given.side))
    return Judged(End.GREETED, 0, peeked.inner)


def greet(session: Session, side: str) -> None:
    """Show a greeting of ours to a base."""
    base = session.base(side)
    session.greeted.add(side)
    data = greeting(session, base, session.now)
    message = Outgoing(0, sha256(data).hexdigest(), session.now, 0)
    session.outbox(side).drop(0)
    session.outbox(side).add(message, [data])
    session.set_base(replace(base, shown="greeting", behind=None, stamp=None, again=0))


# -- what is refused -----------------------------------------------------------------------------


def _check_address(session: Session, side: str, peeked: Peek) -> None:
    """``From`` and ``To`` are the link's codes or the GUIDs (SPEC §4)."""
    header = peeked.header
    assert header is not None
    base, other = session.base(side), session.base(OTHER[side])
    senders = {session.code(side).lower(), (base.peer or "").lower()}
    if header.new_from and is_greeting(header, peeked.has_body):
        senders.add(header.new_from.lower())
    receivers = {session.code(OTHER[side]).lower(), base.guid.lower(), other.guid.lower()}
    sender, to = header.sender, header.to
    wrong = sender is None or sender.lower() not in senders
    if wrong or (to is not None and to.lower() not in receivers):
        raise Rejected(
            say.SENDER_WRONG(
                sender=sender or "—",
                to=to or "—",
                expected=session.code(side),
                own=session.code(OTHER[side]),
            )
        )


def _refuse(session: Session, given: Input, problem: Problem) -> Judged:
    unfinished = problem.kind.id in _UNFINISHED or _has_no_root(problem)
    if unfinished and not given.overdue:
        session.report.waiting.append((given.side, given.name))
        return Judged(End.UNFINISHED)
    return aside(session, given, problem)


def _has_no_root(problem: Problem) -> bool:
    return problem.kind.id == say.NOT_A_MESSAGE.id and ("found", "—") in problem.details


def aside(session: Session, given: Input, problem: Problem) -> Judged:
    """The file goes to ``rejected/``; no number moves, so the sender sends again (SPEC §5)."""
    problem = problem.at(file=given.name)
    event = "alarm" if problem.kind.severity is Severity.ALARM else "rejected"
    session.journal.write(event, given.side, problem=kept(problem), file=given.name)
    if event == "rejected":
        session.rejections.put(given.side, session.now, given.name, problem)
    link = session.bases.link()
    assert link is not None
    session.bases.set_link(replace(link, rejected=link.rejected + 1))
    session.report.aside.append(SetAside(given.side, given.name, problem))
    session.report.tell(problem)
    session.changed = True
    return Judged(End.ASIDE)


def _check_format(session: Session, side: str, header: Header) -> None:
    dialect = dialect_of(header.namespace)
    plain = side == "crm" and not session.crm.enterprise
    if dialect is not None and dialect.side != ("crm" if plain else "bp"):
        expected = "CRM 1.0" if plain else "EnterpriseData"
        raise Rejected(say.FORMAT_OF_OTHER_SIDE(expected=expected, format=str(dialect)))


def alarm(session: Session, given: Input, problem: Problem) -> Judged:
    """Nothing of it is applied, and its base is left alone (R7)."""
    judged = aside(session, given, problem)
    base = session.base(given.side)
    session.set_base(in_alarm(base, problem.at(file=given.name)))
    return judged

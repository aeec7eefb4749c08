"""After the commit: what the state says lies in the folders comes to lie there (PROTOCOL R11)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain, count, islice
from pathlib import Path
from typing import NamedTuple

from msgspec.structs import replace
from sqlalchemy import Connection

from converter.exchange.gathering import Input
from converter.exchange.report import Report, Written
from converter.folder.aside import set_aside
from converter.folder.delivery import deliver, remove_ours
from converter.folder.inbox import stamp_of
from converter.folder.names import written_name
from converter.folder.zip_secrecy import Secrecy, form_named
from converter.folder.zip_writing import Lock
from converter.folder.zips import digest_of, open_message
from converter.problems import Rejected, Stopped
from converter.problems import catalogue as say
from converter.settings import Link
from converter.state.bases import OTHER, SIDES, Base, Bases
from converter.state.files import Files
from converter.state.journal import Journal
from converter.state.opening import State
from converter.state.outbox import Outbox, Outgoing

Passwords = Mapping[str, bytes | None]

#: so many pieces of a message are taken out of the state at once: 4 MB
PIECES = 16
#: so often an acknowledgement alone is put back
AGAIN = 3


def publish(
    link: Link,
    state: State,
    now: datetime,
    report: Report,
    away: frozenset[str],
    inputs: Sequence[Input],
    passwords: Passwords,
    checkpoint: Callable[[str], None],
) -> None:
    """Move refused files away, and put our messages where they belong.

    Everything here can be done again: what was cut off is found undone by the next pass.
    """
    _move_away(link, state, report, inputs)
    checkpoint("moved")
    shown = []
    for side in SIDES:
        if side in away:
            continue
        try:
            done = _show(link, state, side, passwords[side], checkpoint)
        except Stopped as stopped:
            report.away.append((side, stopped.problem))
            continue
        if done is not None:
            shown.append(done)
    if shown:
        _mark(link, state, now, shown)
    for each in shown:
        checkpoint("marked")
        _tell(report, each)


def plan(
    link: Link,
    connection: Connection,
    report: Report,
    away: frozenset[str],
    passwords: Passwords,
) -> None:
    """What `publish` would put back or name, for a plan."""
    made = {each.side for each in report.written}
    for side in SIDES:
        base = Bases(connection, link.name).base(side)
        message = _shown(base, Outbox(connection, link.name, side))
        if side in away or message is None:
            continue
        name, _ = _name(link, base)
        if side in made:
            report.written = [
                each._replace(file=name) if each.side == side else each for each in report.written
            ]
        elif not _lies_there(link.of(side).folder, base, name) and (
            base.stamp is not None
            or _found(link.of(side).folder / name, message.digest, passwords[side]) is None
        ):
            received = base.received if message.number else 0
            report.written.append(
                Written(
                    side, message.number, message.objects, received, name, base.stamp is not None
                )
            )


# -- ours ----------------------------------------------------------------------------------------


class _Shown(NamedTuple):
    """A message of ours that lies in the folder of a base, where the state does not know it yet.

    ``again``: it lay there before, and was put back.
    """

    base: Base
    message: Outgoing
    name: str
    stamp: str
    again: bool


def _show(
    link: Link,
    state: State,
    side: str,
    password: bytes | None,
    checkpoint: Callable[[str], None],
) -> _Shown | None:
    """Put our message for a side where it belongs; None where it lies there, or there is none."""
    folder = link.of(side).folder
    with state.read() as connection:
        base = Bases(connection, link.name).base(side)
        message = _shown(base, Outbox(connection, link.name, side))
    if message is None:
        return None
    name, inner = _name(link, base)
    if _lies_there(folder, base, name):
        return None
    chunks = _chunks(state, link.name, side, message.number)
    first = next(chunks, b"")
    begins = first if inner is None else b""
    stamp = _found(folder / name, message.digest, password, begins) if base.stamp is None else None
    again = stamp is None and base.stamp is not None
    if stamp is None:
        lock = _lock(link, base, password)
        whole = chain((first,), chunks)
        stamp = str(deliver(folder, name, whole, inner, message.created, lock, sure=state.check))
        checkpoint("delivered")
    if base.name is not None and base.name != name:
        remove_ours(folder / base.name)  # once it is marked, nobody looks for the old one
    return _Shown(base, message, name, stamp, again)


def _mark(link: Link, state: State, now: datetime, shown: Sequence[_Shown]) -> None:
    """Keep what lies in the folders; in one transaction, since each waits for the disk."""
    with state.begin() as connection:
        bases = Bases(connection, link.name)
        for each in shown:
            side = each.base.side
            fresh = bases.base(side)
            alone = each.again and each.message.objects == 0
            again = fresh.again + (1 if alone else 0)
            bases.set_base(replace(fresh, name=each.name, stamp=each.stamp, again=again))
            if each.again:
                journal = Journal(connection, link.name, now, 0)
                journal.write("put_back", side, number=each.message.number)


def _chunks(state: State, link: str, side: str, number: int) -> Iterator[bytes]:
    """A message out of the state, a few pieces at a time: no view of it stays open meanwhile."""
    for start in count(step=PIECES):
        with state.read() as connection:
            some = list(islice(Outbox(connection, link, side).pieces(number, start), PIECES))
        yield from some
        if len(some) < PIECES:
            return


def _tell(report: Report, shown: _Shown) -> None:
    base, message, name = shown.base, shown.message, shown.name
    for index, each in enumerate(report.written):
        if each.side == base.side and each.number == message.number and message.number:
            report.written[index] = each._replace(file=name)
            return
    received = base.received if message.number else 0
    report.written.append(
        Written(base.side, message.number, message.objects, received, name, shown.again)
    )


def _shown(base: Base, outbox: Outbox) -> Outgoing | None:
    """Which message of ours is to lie in a folder; None where that does not matter (R11)."""
    if base.alarm is not None:
        return None
    if base.shown == "greeting":
        return outbox.get(0)
    message = outbox.get(base.sent) if base.sent else None
    if message is None or base.shown == "nothing" or base.acknowledged >= base.sent:
        return None
    if message.objects == 0 and base.stamp is not None and base.again >= AGAIN:
        return None
    return message


def _lies_there(folder: Path, base: Base, name: str) -> bool:
    stamp = stamp_of(folder / name)
    return stamp is not None and base.name == name and str(stamp) == base.stamp


def _found(path: Path, digest: str, password: bytes | None, begins: bytes = b"") -> str | None:
    """The stamp of our file where it lies there already: a pass was cut off after delivering.

    One that ``begins`` otherwise is the message before, and is not read to its end.
    """
    try:
        before = stamp_of(path)
        if before is None:
            return None
        with path.open("rb") as file:
            if file.read(len(begins)) != begins:
                return None
            file.seek(0)
            with open_message(file, password) as opened:
                found = digest_of(opened.stream)
        return str(before) if found == digest and stamp_of(path) == before else None
    except (OSError, Rejected):
        return None


def _name(link: Link, base: Base) -> tuple[str, str | None]:
    """The name of our file for a base, and of the message inside where that is a zip (SPEC §6)."""
    form, _ = _form(link, base)
    sender, receiver = link.of(OTHER[base.side]).code, link.of(base.side).code
    name = written_name(sender, receiver, f".{form}", link.transliterate)
    inner = written_name(sender, receiver, ".xml", link.transliterate)
    return name, inner if form == "zip" else None


def _form(link: Link, base: Base) -> tuple[str, Secrecy]:
    """How our file for a base is written: as the base writes, unless the link says otherwise."""
    files = link.of(base.side).files
    form, secrecy = form_named(base.form or "xml")
    return (form, secrecy) if files == "as-received" else (files, secrecy)


def _lock(link: Link, base: Base, password: bytes | None) -> Lock | None:
    """The encryption of our archive for a base. Where all are to be zips and there is a password,
    it is used: in the base's way, or the one that 1C takes by default. Raises `Stopped`."""
    form, secrecy = _form(link, base)
    if form != "zip":
        return None
    if link.of(base.side).files == "zip" and secrecy is Secrecy.OPEN and password:
        secrecy = Secrecy.ZIPCRYPTO
    if secrecy is Secrecy.OPEN:
        return None
    if not password:
        raise Stopped(say.PASSWORD_GONE(link=link.name, side=base.side))
    return Lock(secrecy, password)


# -- refused files -------------------------------------------------------------------------------


def _move_away(link: Link, state: State, report: Report, inputs: Sequence[Input]) -> None:
    """Move what was refused to ``rejected/`` with its report; what changed meanwhile stays, and the
    copy that was judged goes there."""
    judged = {(each.side, each.name): each for each in inputs}
    with state.read() as connection:
        refused = {
            side: [
                each
                for each in Files(connection, link.name, side).all().values()
                if each.report is not None
            ]
            for side in SIDES
        }
    for side, unmoved in refused.items():
        for each in unmoved:
            folder = link.of(side).folder
            source: Path | None = folder / each.name
            if str(stamp_of(folder / each.name)) != each.stamp:
                copy = judged.get((side, each.name))
                source = copy.copy if copy is not None and copy.stamp == each.stamp else None
            if source is None and not folder.is_dir():
                continue  # a share that is away may come back with the file
            try:
                if source is not None:
                    set_aside(
                        source,
                        folder / "rejected",
                        each.aside or each.name,
                        each.report or "",
                        sure=state.check,
                    )
            except Stopped as stopped:
                report.away.append((side, stopped.problem))
                continue
            with state.begin() as connection:
                Files(connection, link.name, side).drop(each.name)

"""Steps of the commit protocol left out or swapped, one at a time (docs/recovery.md tells why each).

A mutant replaces a function of the converter in the helper process that runs the passes. ``drill``
is the fault that must find it: a loss, and the calls of a pass near which it strikes.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from pytest import MonkeyPatch

from converter.cli import sync, working
from converter.exchange import archive, deciding, gathering, publishing, readings, run
from converter.exchange.taking import End
from converter.folder import aside, delivery, durable
from converter.state import sqlite
from converter.state.bases import SIDES
from converter.state.memory import memory_of
from converter.state.outbox import Outbox
from tests.faults.power import Loss

Change = Callable[[MonkeyPatch], None]

_OURS = r"(openat|rename|write|fsync) bp/(\.converter|Message_CRM_BP)|^fsync bp$"
_RECORD = r"crm/archive/passes/0"
_COMMIT = r"unlink exchange\.db-journal|^fdatasync exchange\.db$|^fsync exchange\.db$"
_KEPT = r"^rename (crm|bp)/archive/\.converter"
_REFUSED = r"rename crm/(Message_X|rejected)"


class Mutant(NamedTuple):
    """A step left out or swapped; ``loss`` at the calls that match ``near`` must show it."""

    name: str
    change: Change
    loss: Loss
    near: str


# -- what is not synced --------------------------------------------------------------------------


class _NoSync:
    """The module `os` without fsync."""

    def __getattr__(self, name: str) -> Any:
        return (lambda handle: None) if name == "fsync" else getattr(os, name)


def our_file_is_not_synced(patch: MonkeyPatch) -> None:
    patch.setattr(delivery, "whole", _whole(synced=False))


def our_file_is_synced_too_late(patch: MonkeyPatch) -> None:
    patch.setattr(delivery, "whole", _whole(synced=True))


def _whole(synced: bool) -> Any:
    @contextmanager
    def whole(target: Path, **rest: Any) -> Iterator[BinaryIO]:
        temporary = durable.temporary_in(target.parent)
        with temporary.open("xb") as file:
            yield file
        durable.replace_patiently(temporary, target)
        if synced:
            with target.open("rb") as again:
                os.fsync(again.fileno())
        durable.sync_folder(target.parent)

    return whole


def records_are_not_synced(patch: MonkeyPatch) -> None:
    def write_whole(target: Path, chunks: Iterable[bytes], **rest: Any) -> None:
        with _whole(synced=False)(target) as file:
            file.writelines(chunks)

    patch.setattr(archive, "write_whole", write_whole)


def copies_are_not_synced(patch: MonkeyPatch) -> None:
    patch.setattr(gathering, "os", _NoSync())


def messages_are_not_synced(patch: MonkeyPatch) -> None:
    patch.setattr(deciding, "os", _NoSync())


def folders_are_not_synced(patch: MonkeyPatch) -> None:
    for module in (durable, archive, aside, delivery):
        patch.setattr(module, "sync_folder", lambda folder: None)


def the_state_is_not_synced(patch: MonkeyPatch) -> None:
    kept = [each for each in sqlite.PRAGMAS if not each.startswith("synchronous")]
    patch.setattr(sqlite, "PRAGMAS", (*kept, "synchronous = OFF"))


def the_state_has_no_journal(patch: MonkeyPatch) -> None:
    kept = [each for each in sqlite.PRAGMAS if not each.startswith("journal_mode")]
    patch.setattr(sqlite, "PRAGMAS", (*kept, "journal_mode = OFF"))


# -- what comes in another order -----------------------------------------------------------------


def published_before_the_commit(patch: MonkeyPatch) -> None:
    """Our message is there as soon as it is made, before anything is known of it."""
    keep_written = deciding._keep_written

    def early(session: Any, side: str, made: Path, *rest: Any) -> Any:
        name, inner = publishing._name(session.link, session.base(side))
        chunks = iter([made.read_bytes()])
        delivery.deliver(session.link.of(side).folder, name, chunks, inner, session.now)
        return keep_written(session, side, made, *rest)

    patch.setattr(deciding, "_keep_written", early)


def archived_after_the_commit(patch: MonkeyPatch) -> None:
    publish = publishing.publish
    late: list[Callable[[], None]] = []

    def _archive(self: run.Exchange, session: Any, decided: Any, command: Any = None) -> None:
        record = decided.record(session.number, session.now, self.link, command)
        session.bases.advance(session.number)

        def do() -> None:
            self.archive.keep(decided.moves, lambda: None)
            self.archive.write(record)

        late.append(do)

    def then(*arguments: Any) -> None:
        while late:
            late.pop()()
        publish(*arguments)

    patch.setattr(run.Exchange, "_archive", _archive)
    patch.setattr(publishing, "publish", then)


def the_record_before_its_messages(patch: MonkeyPatch) -> None:
    def _archive(self: run.Exchange, session: Any, decided: Any, command: Any = None) -> None:
        self.archive.write(decided.record(session.number, session.now, self.link, command))
        self.archive.keep(decided.moves, lambda: None)
        session.bases.advance(session.number)

    patch.setattr(run.Exchange, "_archive", _archive)


def two_commits_instead_of_one(patch: MonkeyPatch) -> None:
    """What a message brought is committed before its answer is made."""
    one = deciding._one

    def _one(session: Any, *rest: Any) -> Any:
        judged = one(session, *rest)
        memory_of(session.connection).commit()
        session.connection.commit()
        session.connection.begin()
        return judged

    patch.setattr(deciding, "_one", _one)


def moved_away_before_the_commit(patch: MonkeyPatch) -> None:
    seen = deciding._seen

    def _seen(session: Any, given: Any, judged: Any) -> None:
        seen(session, given, judged)
        if judged.end is End.ASIDE:
            folder = session.link.of(given.side).folder
            name = aside.moment_name(session.now, given.name, lambda name: False)
            text = deciding._report_text(session.report.aside[-1].problem, session.now)
            aside.set_aside(folder / given.name, folder / "rejected", name, text)

    patch.setattr(deciding, "_seen", _seen)


# -- what is left out ----------------------------------------------------------------------------


def written_in_place(patch: MonkeyPatch) -> None:
    @contextmanager
    def whole(target: Path, **rest: Any) -> Iterator[BinaryIO]:
        with target.open("wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        durable.sync_folder(target.parent)

    patch.setattr(delivery, "whole", whole)


def shown_only_by_the_pass_that_made_it(patch: MonkeyPatch) -> None:
    publish = publishing.publish

    def made(link: Any, state: Any, now: Any, report: Any, away: Any, *rest: Any) -> None:
        others = frozenset(SIDES) - {each.side for each in report.written}
        publish(link, state, now, report, away | others, *rest)

    patch.setattr(publishing, "publish", made)


def moved_only_by_the_pass_that_judged_it(patch: MonkeyPatch) -> None:
    move = publishing._move_away

    def _move_away(link: Any, state: Any, report: Any, inputs: Any) -> None:
        if report.aside:
            move(link, state, report, inputs)

    patch.setattr(publishing, "_move_away", _move_away)


def nothing_is_swept(patch: MonkeyPatch) -> None:
    patch.setattr(run, "sweep", lambda folder: 0)


def bytes_are_not_kept(patch: MonkeyPatch) -> None:
    """A message that was made is not stored with its number, but made again when it is shown."""
    pieces = Outbox.pieces

    def again(self: Any, number: int, start: int = 0) -> Iterator[bytes]:
        data = b"".join(pieces(self, number, start))
        yield data.replace(b"</Message>", f"<!--{os.getpid()}--></Message>".encode())

    patch.setattr(Outbox, "pieces", again)


def readings_are_not_noted(patch: MonkeyPatch) -> None:
    patch.setattr(readings.Readings, "begin", lambda self, digest: None)


def nobody_locks(patch: MonkeyPatch) -> None:
    unlocked = lambda *arguments, **named: nullcontext()  # noqa: E731
    for module in (working, sync):
        patch.setattr(module, "locked", unlocked, raising=False)


MUTANTS = (
    Mutant("our file is not synced", our_file_is_not_synced, Loss.TORN, _OURS),
    Mutant("our file is synced too late", our_file_is_synced_too_late, Loss.TORN, _OURS),
    Mutant("records are not synced", records_are_not_synced, Loss.TORN, _RECORD),
    Mutant("copies are not synced", copies_are_not_synced, Loss.TORN, _COMMIT),
    Mutant("messages are not synced", messages_are_not_synced, Loss.TORN, _COMMIT),
    Mutant("folders are not synced", folders_are_not_synced, Loss.OLD, _COMMIT),
    Mutant("the state is not synced", the_state_is_not_synced, Loss.HALF, _COMMIT),
    Mutant("the state has no journal", the_state_has_no_journal, Loss.HALF, "exchange.db$"),
    Mutant("published before the commit", published_before_the_commit, Loss.KILL, _OURS),
    Mutant("archived after the commit", archived_after_the_commit, Loss.KILL, _KEPT),
    Mutant("the record before its messages", the_record_before_its_messages, Loss.KILL, _KEPT),
    Mutant("two commits instead of one", two_commits_instead_of_one, Loss.KILL, _RECORD),
    Mutant("moved away before the commit", moved_away_before_the_commit, Loss.KILL, _REFUSED),
    Mutant("written in place", written_in_place, Loss.KILL, _OURS),
    Mutant("shown only once", shown_only_by_the_pass_that_made_it, Loss.KILL, _OURS),
    Mutant("moved only once", moved_only_by_the_pass_that_judged_it, Loss.KILL, _REFUSED),
    Mutant("nothing is swept", nothing_is_swept, Loss.KILL, _KEPT),
    Mutant("bytes are not kept", bytes_are_not_kept, Loss.KILL, _OURS),
)
#: found by other tests than those of kills and power
OTHERS = (
    Mutant("readings are not noted", readings_are_not_noted, Loss.KILL, ""),
    Mutant("nobody locks", nobody_locks, Loss.KILL, ""),
)

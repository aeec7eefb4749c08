"""One pass of a link: gather, decide, make durable, act (docs/recovery.md tells why in this order)."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from msgspec.structs import replace
from sqlalchemy import Connection

from converter.exchange import publishing
from converter.exchange.archive import Archive, Record
from converter.exchange.beginning import begin_link
from converter.exchange.commands import do_command
from converter.exchange.deciding import Decided, decide, decide_again, plan, write_empty
from converter.exchange.far import FarFolders
from converter.exchange.gathering import Gathered, Gathering, Input, scratch
from converter.exchange.readings import Readings
from converter.exchange.report import Report, SetAside
from converter.exchange.session import Session
from converter.exchange.traces import traces_of
from converter.far.opening import Connect, connect
from converter.folder.durable import sweep
from converter.problems import Said, Stopped
from converter.problems import catalogue as say
from converter.settings import Link
from converter.settings.passwords import passwords
from converter.state.bases import SIDES, Bases
from converter.state.database import Lease
from converter.state.foreseen import foresee
from converter.state.opening import State

Clock = Callable[[], datetime]
Checkpoint = Callable[[str], None]


def _go_on(name: str) -> None:
    """No fault is caused here."""


class Surroundings(NamedTuple):
    """What a pass needs from outside: the time in UTC, passwords, connections to servers, and, for
    tests, where to fail."""

    clock: Clock
    environment: Mapping[str, str] = os.environ
    checkpoint: Checkpoint = _go_on
    connect: Connect = connect


class Exchange:
    """One link, with its state and its archive."""

    def __init__(self, link: Link, state: State, surroundings: Surroundings) -> None:
        self.link = link
        self.state = state
        self.archive = Archive(link, self._sure)
        self.clock = surroundings.clock
        self.checkpoint = surroundings.checkpoint
        self._looked = False
        self._others_ended = False
        self._alarms: list[SetAside] = []
        self._environment = surroundings.environment
        self._far = FarFolders(link, surroundings.environment, surroundings.connect)

    @property
    def is_far(self) -> bool:
        """Whether a folder of the link lies on a server."""
        return bool(self._far)

    @contextmanager
    def holding(self, lease: Lease) -> Iterator[None]:
        """Work in the block only while the link is ours.

        Where it was taken over, what the one before was writing goes first: it may only be asleep,
        and a file that it is about to give its name must be gone by then.
        """
        free = self.state
        with free.under(lease) as self.state:
            try:
                if lease.taken_over:
                    self._looked = self._others_ended = False
                    self._sweep()
                yield
            finally:
                self.state = free

    def _sure(self) -> None:
        self.state.check()

    @cached_property
    def passwords(self) -> dict[str, bytes | None]:
        """The passwords of the zips of each side. Raises `Stopped`: PASSWORD_UNSET, PASSWORD_FILE,
        PASSWORD_COMMAND."""
        return passwords(self.link, self._environment)

    def run(self, dry: bool = False) -> Report:
        """One pass; with ``dry`` only its plan, and nothing is touched.

        Raises `Stopped` where the state or the archive cannot be used; a folder that cannot be
        used is told in the report, and the other one goes on.
        """
        if dry:
            return self._plan()
        self._check_state()
        self.recover()
        report = Report(self.link.name)
        self._tell_alarms(report)
        gathering = Gathering(self.link, self.archive, self._now(), report)
        try:
            gathered = gathering.gather(self.state, self._far)
            self._end_other_readings(gathered.inputs)
            self._pass(gathered, report)
        except (Stopped, OSError, KeyboardInterrupt):
            self._end_readings(gathering.inputs)  # no fault of the messages
            with suppress(Stopped):  # another's temporary files are not ours to remove
                self._sure()
                self._sweep()
            raise
        finally:
            for each in gathering.inputs:
                each.copy.unlink(missing_ok=True)
        if not report.status and not report.waiting:
            self.state.finish()
        return report

    def _check_state(self) -> None:
        """A file that is deleted answers as long as it is open, as if all were well."""
        if self.state.lost() and (trace := next(traces_of(self.link), None)) is not None:
            raise Stopped(say.STATE_LOST(state=self.state.name, trace=str(trace)))

    def recover(self, rebuild: bool = False) -> int:
        """Begin the link where it is new, and catch up with the archive (PROTOCOL R9).

        Returns how many passes were done again. With ``rebuild`` the archive may be all there is.
        """
        with self.state.read() as connection:
            foresee(connection, self.link.name)
            link = Bases(connection, self.link.name).link()
        if link is None:
            if self.archive.last() > 1 and not rebuild:
                trace = str(self.archive.records[0])
                raise Stopped(say.STATE_LOST(state=self.state.name, trace=trace))
            first = self.archive.read(1) if self.archive.has(1) else None
            if first is None:
                self._check_servers()
            with self.state.begin() as connection:
                begin_link(connection, self.link, self.archive, self._now(), first)
                self.checkpoint("begun")
            passes = 1
        else:
            passes = link.passes
        count = 0
        for record in self.archive.above(passes, whole=not self._looked):
            self._replay(record)
            count += 1
        if not self._looked:
            self._sweep()
            for each in self.archive.unnamed(passes + count + 1):
                with suppress(OSError):
                    self.archive.remove(each)
        self._looked = True
        return count

    def _check_servers(self) -> None:
        """An exchange that begins finds no message of ours on a server: where the working folder
        was lost with the state, that is all that tells (SPEC §5)."""
        for side in SIDES:
            trace = self._far.trace(side, self._now())
            if trace is not None:
                raise Stopped(say.STATE_LOST(state=self.state.name, trace=trace))

    def _sweep(self) -> None:
        """Remove temporary files of a pass that was cut off."""
        for side in SIDES:
            folder = self.link.of(side).folder
            sweep(folder)
            sweep(folder / "rejected")
        for folder in self.archive.folders():
            sweep(folder)

    def command(self, name: str, **arguments: Any) -> Report:
        """A command that changes the state, archived like a pass: done again where that is needed."""
        self.recover()
        report = Report(self.link.name)
        now = self._now()
        with self.state.begin() as connection:
            session = self._session(connection, now, report)
            command = {"name": name, **arguments}
            do_command(session, command)
            decided = decide(session, Gathered([], frozenset(SIDES)), {}, self.archive)
            if name == "restored":
                decided.written.extend(write_empty(session, arguments["side"], self.archive))
            self._archive(session, decided, command)
            self.checkpoint("archived")
        return report

    # -- a pass ----------------------------------------------------------------------------------

    def _pass(self, gathered: Gathered, report: Report) -> None:
        now = self._now()
        words = self.passwords  # a command may take its time: not while the state is locked
        with self.state.begin() as connection:
            session = self._session(connection, now, report)
            decided = decide(session, gathered, words, self.archive)
            self.checkpoint("decided")
            if session.changed:
                self._archive(session, decided)
            self.checkpoint("archived")
        self.checkpoint("committed")
        self._end_readings(gathered.inputs)
        if any(each.problem.kind is say.ZIP_PASSWORD for each in report.aside):
            del self.passwords  # asked for anew: it may have been changed
        publishing.publish(
            self.link,
            self.state,
            now,
            report,
            gathered.away,
            gathered.inputs,
            words,
            self.checkpoint,
        )
        if self._far:
            self._push(now, report, gathered.away)

    def _push(self, now: datetime, report: Report, away: frozenset[str]) -> None:
        """Show on the servers what lies in the working folders; only now, when all is committed."""
        with self.state.read() as connection:
            bases = {side: Bases(connection, self.link.name).base(side) for side in SIDES}
        for side in SIDES:
            if side in away:
                continue
            try:
                self._sure()
                self._far.push(side, bases, now)
                self.checkpoint("pushed")
            except Stopped as stopped:
                report.away.append((side, stopped.problem))

    def _archive(
        self,
        session: Session,
        decided: Decided,
        command: dict[str, Any] | None = None,
    ) -> None:
        """Messages first, then the record that names them; only then may the state commit."""
        record = decided.record(session.number, session.now, self.link, command)
        if decided.moves:  # of which all lie there: none outlives a take-over after this
            self._sure()
        self.archive.keep(decided.moves, lambda: self.checkpoint("kept"))
        away = {self.archive.of(side) / "passes" for side, _ in session.report.away}
        for folder, problem in self.archive.write(record):
            if folder not in away:  # which is told anyway
                reason = Said(problem.what("ru"), problem.what("en"))
                session.report.tell(say.RECORD_ONCE(folder=folder, reason=reason))
        session.bases.advance(session.number)

    def _end_readings(self, inputs: list[Input]) -> None:
        for each in inputs:
            with suppress(OSError):
                Readings(each.copy.parent).end(each.digest)

    def _end_other_readings(self, inputs: list[Input]) -> None:
        """Once in a process, since only the end of one leaves such."""
        if self._others_ended:
            return
        for side in SIDES:
            Readings(self.archive.of(side)).end_others(
                {each.digest for each in inputs if each.side == side}
            )
        self._others_ended = True

    def _session(self, connection: Connection, now: datetime, report: Report) -> Session:
        link = Bases(connection, self.link.name).link()
        assert link is not None
        return Session(connection, self.link, now, link.passes + 1, report)

    def _now(self) -> datetime:
        return self.clock().replace(microsecond=0)

    # -- a plan, and a pass again ----------------------------------------------------------------

    def _plan(self) -> Report:
        """The same decisions on a private copy of the state."""
        report = Report(self.link.name)
        state = self.state.copy(self.link.name)
        words = self.passwords
        with scratch() as where:
            now = self._now()
            with state.begin() as connection:
                if Bases(connection, self.link.name).link() is None:
                    begin_link(connection, self.link, None, now, None)
            gathered = Gathering(self.link, self.archive, now, report, where).gather(
                state, self._far
            )
            with state.begin() as connection:
                session = self._session(connection, now, report)
                plan(session, gathered, words, where["crm"])
                publishing.plan(self.link, connection, report, gathered.away, words)
        state.close()
        return report

    def _replay(self, record: Record) -> None:
        """Do again what a record tells: a pass that was not committed, or was lost (R9)."""
        report = Report(self.link.name)
        words = self.passwords
        link = replace(
            self.link,
            conflicts=record.conflicts,
            bp=replace(self.link.bp, version=record.version),
        )
        with self.state.begin() as connection:
            session = Session(connection, link, record.at, record.number, report)
            if record.command is not None:
                do_command(session, record.command)
            inputs = [
                Input(
                    kept.side, kept.name, "", kept.digest, self.archive.path(kept), record.at, True
                )
                for kept in record.taken
            ]
            decide_again(session, inputs, words, self.archive, record)
            session.bases.advance(record.number)
            session.journal.write("replayed", number=record.number)
            self.checkpoint("replayed")
        self._alarms += report.aside

    def _tell_alarms(self, report: Report) -> None:
        """Alarms of passes that were done again and still stand: those had no time to tell."""
        with self.state.read() as connection:
            bases = Bases(connection, self.link.name)
            for each in self._alarms:
                if bases.base(each.side).alarm is not None:
                    report.aside.append(each)
                    report.tell(each.problem)
        self._alarms.clear()

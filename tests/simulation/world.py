"""Two bases, their folders, a clock, and the converter between them."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal, NamedTuple

from lxml import etree

from converter.formats import ENTERPRISE_DATA
from converter.settings import Bp, Crm, Link
from converter.views.ties import Tie
from tests.messages import PLAN
from tests.simulation.base import Backup, Base, Clock, Sent, unpacked
from tests.simulation.bp import BpBase
from tests.simulation.bridge import Bridge, Crash, crash_at
from tests.simulation.crm import CrmBase
from tests.simulation.stores import FileStore, MakeStore
from tests.simulation.things import Key, guid
from tests.simulation.watch import Violation, Watch

SETTLE = 60


class Options(NamedTuple):
    """What a history is played with; from ``fills`` on, what BP.md says of a real BP.

    ``deals``: the CRM's invoices have a contract, every other one; in no history unless it is wished.
    ``twins``: it has documents of its own with the number and second of the CRM's. ``buyer``: it had
    the buyer before. ``anew``: its node is made anew. The others: see `BpBase`; ``discounts``: a
    difference between sum and rows is one.
    """

    conflicts: Literal["crm", "bp"] = "crm"
    version: str = "auto"
    bp_version: str = "1.19"
    crm_echoes: bool = False
    bp_echoes: bool = False
    fills: bool = False
    keeps_first: bool = False
    zips: bool = False
    deals: bool = False
    twins: bool = False
    buyer: bool = False
    anew: bool = False
    regroups: bool = False
    leaves: bool = False
    says: bool = False
    obeys: bool = False
    discounts: bool = False


PLAIN = Options()
#: what a real BP does, each of which a history may draw
HABITS = Options._fields[Options._fields.index("twins") :]


class Counters(NamedTuple):
    """One side of ``status --json``."""

    sent: int
    received: int
    acknowledged: int
    alarm: str | None


class World:
    """Everything of one history; ``root`` is an empty folder of its own."""

    def __init__(self, root: Path, options: Options = PLAIN, store: MakeStore = FileStore) -> None:
        self.root = root
        self.store = store(root)
        self.options = options
        self.clock = Clock()
        self.watch = Watch()
        self.folders = {side: root / "exchange" / side for side in ("crm", "bp")}
        for folder in self.folders.values():
            folder.mkdir(parents=True)
        self.crm = CrmBase("CRM", "BP", self.folders["crm"], self.clock, options.crm_echoes)
        self.bp = BpBase(
            "BP",
            "CRM",
            self.folders["bp"],
            self.clock,
            options.bp_version,
            options.bp_echoes,
            options.fills,
        )
        for base in (self.crm, self.bp):
            base.keeps_first = options.keeps_first
            base.suffix = ".zip" if options.zips else ".xml"
        self.bp.regroups, self.bp.leaves = options.regroups, options.leaves
        self.bp.says, self.bp.obeys = options.says, options.obeys
        if options.buyer:
            self.bp.had_buyer(guid(1 << 34))
        self.bridge = Bridge(self._link(), self.store.url, lambda: self.clock.now)
        self.backups: dict[str, Backup] = {}
        self.state_backup: Any = None
        self.restored: set[str] = set()
        self._counters: dict[str, Counters] | None = None
        self._cut_off: list[Sent] = []
        self.ours: dict[str, list[tuple[str, bytes]]] = {"crm": [], "bp": []}

    def _link(self) -> Link:
        return Link(
            name="main",
            crm=Crm(code="CRM", folder=self.folders["crm"]),
            bp=Bp(code="BP", folder=self.folders["bp"], version=self.options.version),
            plan=PLAN,
            conflicts=self.options.conflicts,
            settle=SETTLE,
        )

    def close(self) -> None:
        """The history is over."""
        self.bridge.restart()
        self.store.close()

    @property
    def bases(self) -> tuple[Base, Base]:
        """The CRM and BP."""
        return self.crm, self.bp

    def base(self, side: str) -> Base:
        """A base by its side."""
        return self.crm if side == "crm" else self.bp

    # -- the converter ---------------------------------------------------------------------------

    def converter_pass(self, crash: int | None = None) -> bool:
        """One pass of the converter, watched; dies at the ``crash``-th checkpoint.

        Returns whether it came to its end.
        """
        whole = True
        lying = self._lying()
        before = self._counters or self.counters()
        try:
            self.bridge.sync(None if crash is None else crash_at(crash))
        except Crash:
            whole = False
            self.bridge.restart()
        self._look(lying, before)
        self._cut_off = [] if whole else lying
        return whole

    def retry(self) -> None:
        """The command of that name, with the pass that follows it."""
        lying = self._lying()
        before = self._counters or self.counters()
        self.bridge.retry()
        self._look(lying, before)

    def link(self, operation: Key, invoice: Key, amount: str | None = None) -> str | None:
        """``converter link``; returns why it was refused."""
        lying = self._lying()
        before = self._counters or self.counters()
        tied = self.bridge.link(operation.ref, invoice.ref, amount)
        if isinstance(tied, Tie):
            self.watch.ties.setdefault(tied.operation, {})[tied.invoice] = tied.sum
        self._look(lying, before)
        return None if isinstance(tied, Tie) else tied.reason.value

    def unlink(self, operation: Key) -> str | None:
        """``converter unlink``; returns why it was refused."""
        lying = self._lying()
        before = self._counters or self.counters()
        refused = self.bridge.unlink(operation.ref)
        if refused is None:
            self.watch.ties.pop(operation.ref)
        self._look(lying, before)
        return None if refused is None else refused.reason.value

    def make_anew(self) -> None:
        """BP's node is made anew: by the same book as a restore (R8)."""
        self.bp.make_anew()
        self.backups.pop("bp", None)
        self.bring_back("bp")

    def doctor(self, side: str) -> None:
        """A base was restored: the converter is told what its node says (R8, steps 1 to 4).

        What lay in the folder before is taken first, as `converter doctor` does, and watched apart:
        afterwards the counters fall.
        """
        self.converter_pass()
        base = self.base(side)
        lying = self._lying()
        before = self._counters or self.counters()
        self.bridge.doctor(side, base.sent, base.received)
        self.restored.add(side)
        self.ours[side].clear()
        self._look(lying, before)

    def restore(self, side: str, scheduled: bool = False, unread: bool = False) -> None:
        """The whole documented procedure: backup back, doctor, everything registered, exchanged."""
        self.base(side).restore(self.backups[side])
        self.bring_back(side, scheduled, unread)

    def bring_back(self, side: str, scheduled: bool = False, unread: bool = False) -> None:
        """What is done once it is known that a base was restored.

        ``scheduled``: an exchange of the base's schedule comes before everything is registered;
        ``unread``: so it does, and our answer comes too late for the one after it.
        """
        base = self.base(side)
        self.doctor(side)
        if scheduled or unread:
            self.x(side)
        base.register_all()
        if unread:
            base.send()
        else:
            base.sync()

    def counters(self) -> dict[str, Counters]:
        """Counters of both sides."""
        self._counters = counters_in(self.bridge.status())
        return self._counters

    def x(self, side: str) -> None:
        """``x crm`` of PROTOCOL.md: the base reads and writes, then a pass of the converter."""
        self.base(side).sync()
        self.converter_pass()

    def round(self) -> None:
        """Everybody exchanges once."""
        self.x("crm")
        self.x("bp")

    # -- our state -------------------------------------------------------------------------------

    def backup_state(self) -> None:
        """A copy of the converter's state; the archive is not part of it (R9)."""
        self.bridge.restart()
        self.state_backup = self.store.backup()

    def restore_state(self) -> None:
        """The copy is put back; one that was still empty is rebuilt from the archive."""
        assert self.state_backup is not None
        self.bridge.restart()
        self._counters = None
        self.store.restore(self.state_backup)
        self.bridge.mend()

    # -- watching --------------------------------------------------------------------------------

    def _lying(self) -> list[Sent]:
        """The bases' messages that lie whole in their folders."""
        found = []
        for base in self.bases:
            by_data = {sent.data: sent for sent in base.archive}
            for path in sorted(base.folder.glob(f"Message*_{base.own}_{base.other}.*")):
                sent = by_data.get(path.read_bytes())
                if sent is not None:
                    found.append(sent)
        return sorted(found, key=lambda sent: sent.number)

    def _is_archived(self, sent: Sent) -> bool:
        """Whether a message is taken, though its file may be gone: a pass that was cut off had it."""
        kept = (self.base(sent.side).folder / "archive").rglob("*")
        return any(path.is_file() and path.read_bytes() == sent.data for path in kept)

    def _look(self, lying: list[Sent], before: dict[str, Counters]) -> None:
        self._look_at_files()
        after = self.counters()
        archived = (each for each in self._cut_off if self._is_archived(each))
        for sent in sorted([*lying, *archived], key=lambda sent: sent.number):
            new, old = after[sent.side], before[sent.side]
            above = sent.number > old.received or sent.side in self.restored
            if new.alarm is None and above and sent.number <= new.received:
                last = sent.number == new.received and self._is_of_this_life(sent)
                self.watch.accept(sent, complete=last and sent.side in self.restored)
                if last:
                    self.restored.discard(sent.side)

    def _is_of_this_life(self, sent: Sent) -> bool:
        base = self.base(sent.side)
        return any(each is sent for each in base.archive[base.life :])

    def _look_at_files(self) -> None:
        for base in self.bases:
            for path in sorted(base.folder.glob(f"Message*_{base.other}_{base.own}.*")):
                data = path.read_bytes()
                try:
                    content = unpacked(data)
                    header = header_in(content)
                except Exception as error:
                    raise Violation(f"{path.name} in {base.folder.name} is not whole") from error
                if header is None:
                    continue
                self.watch.publish(base.side, header, content)
                ours = self.ours[base.side]
                if not ours or ours[-1][1] != data:
                    ours.append((path.name, data))


def header_in(content: bytes) -> int | None:
    """The number of a message of the converter's; None for a greeting."""
    from converter.envelope.header import read_header

    header = read_header(etree.fromstring(content)[0])
    return None if header.format == ENTERPRISE_DATA else header.message_no


def counters_in(status: dict[str, Any]) -> dict[str, Counters]:
    """Counters of both sides of a link's status."""
    return {
        side: Counters(*(status[side][name] for name in Counters._fields)) for side in ("crm", "bp")
    }

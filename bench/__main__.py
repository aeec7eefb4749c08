"""``python -m bench``: the tables of docs/performance.md, measured on this machine.

``--quick`` takes a minute and says less; ``--full`` also makes a message of a million invoices.
``--write`` puts the tables into docs/performance.md.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from bench import environment, exchange, messages, plan
from bench.measure import Command, Failed, Spent, in_turns, ratio, run, said
from bench.table import Cell, compared, table

DOCUMENT = plan.ROOT / "docs" / "performance.md"
MARKS = ("<!-- measured: python -m bench --write -->", "<!-- end of what was measured -->")
#: documents in a message, and how often it is measured
QUICK = {1: 3, 200: 3}
USUAL = {1: 5, 1_000: 3, 7_000: 2, 100_000: 1}
FULL = {**USUAL, 1_000_000: 1}
#: how often a pass of the exchange is measured
PASSES = 5


class Bench:
    """One run: messages, results and the environment of the peers lie in ``folder``."""

    def __init__(self, folder: Path, sizes: dict[int, int]) -> None:
        self.folder = folder
        self.sizes = sizes
        folder.mkdir(parents=True, exist_ok=True)
        self.python = environment.python_of_peers(folder / "peers")
        self.absent = environment.lacking(self.python)

    def made(self, kind: str, count: int) -> Path:
        """A message of so many documents, made where it is not there yet."""
        path = self.folder / f"{kind}-{count}.xml"
        if not path.exists():
            say(f"making {path.name}")
            getattr(messages, kind)(count, path)
        return path

    def to_bp(self) -> str:
        """CRM → BP: floors, us, peers."""
        columns = []
        for count, rounds in self.sizes.items():
            source, out = self.made("invoices", count), self.out()
            peers = plan.peers(self.python, source, self.folder)
            jobs: dict[str, Sequence[Command]] = {plan.US: [plan.convert(source, "bp", out)]}
            jobs |= plan.floors_to_bp(source, out)
            jobs |= {
                p.name: p.commands for p in peers if p.needs not in self.absent and count <= p.most
            }
            say(f"CRM → BP, {count:,} invoices")
            got: dict[str, Cell] = dict(in_turns(jobs, rounds, self.folder))
            for peer in peers:
                too_large = f"not run above {peer.most:,}" if count > peer.most else None
                got.setdefault(peer.name, self.absent.get(peer.needs) or too_large)
                if count <= 1_000 and isinstance(got[peer.name], Spent):
                    got[peer.name] = self.checked(peer, out, got[peer.name])
            columns.append(got)
            self.tidy(source, out, *(peer.out for peer in peers))
        names = [*plan.floors_to_bp(Path(), Path()), plan.US, *(each.name for each in peers)]
        return self.by_size("CRM → BP 1.19, invoices of 5 rows", names, columns)

    def checked(self, peer: plan.Peer, out: Path, cell: Cell) -> Cell:
        """A peer's figures, where its output has the content of ours."""
        compare = [sys.executable, "-m", "bench.content", str(out), str(peer.out)]
        try:
            run([compare], self.folder)
        except Failed as failure:
            return f"other content: {failure}"
        return cell

    def to_crm(self) -> str:
        """BP → CRM: the floor, us, and us with the CRM's own messages."""
        columns = []
        us, known = plan.US, f"{plan.US} --known"
        for count, rounds in self.sizes.items():
            if count > 100_000:
                continue
            source, out = self.made("operations", count), self.out()
            invoices = self.made("invoices", max(count // 2, 1))
            jobs: dict[str, Sequence[Command]] = {us: [plan.convert(source, "crm", out)]}
            jobs |= plan.floors_to_crm(source, out)
            other = self.folder / "other.xml"
            jobs[known] = [plan.convert(source, "crm", other, "--known", str(invoices))]
            say(f"BP → CRM, {count:,} operations")
            columns.append(dict(in_turns(jobs, rounds, self.folder)))
            self.tidy(source, invoices, out, other)
        names = [*plan.floors_to_crm(Path(), Path()), us, known]
        return self.by_size("BP 1.20 → CRM, operations", names, columns)

    def by_size(
        self, title: str, names: Sequence[str], columns: Sequence[Mapping[str, Cell]]
    ) -> str:
        """One table, and under it our cost of a document by size."""
        sizes = [f"{count:,}" for count in self.sizes][: len(columns)]
        cells = {name: [column.get(name) for column in columns] for name in names}
        text = compared(title, sizes, cells)
        us = cells[plan.US]
        floors = {name: cell for name, cell in cells.items() if name.startswith("floor")}
        rows = [
            [f"convert × {name}", *(_times(*pair) for pair in zip(us, floor, strict=True))]
            for name, floor in floors.items()
        ]
        costs = (
            f"{cell.cpu / count * 1e6:,.0f} µs" if isinstance(cell, Spent) else "-"
            for count, cell in zip(self.sizes, us, strict=False)
        )
        rows.append(["CPU of a document, start-up included", *costs])
        return f"{text}\n{table(['of it', *sizes], rows)}"

    def passes(self) -> str:
        """The exchange beside `convert`."""
        count = min(7_000, max(self.sizes))
        crm, bp, out = self.made("invoices", count), self.made("operations", count), self.out()
        say(f"exchange, {count:,} documents")
        alone = [plan.convert(crm, "bp", out), plan.convert(bp, "crm", out)]
        try:
            spent = exchange.passes(self.folder / "link", crm, bp, alone, PASSES)
        except Failed as failure:
            return f"The exchange failed: {failure}\n"
        rows = []
        for name, (took, other) in zip(("CRM → BP", "BP → CRM"), spent, strict=True):
            figures = (f"{took.cpu:.2f} s", f"{other.cpu:.2f} s", ratio(took.cpu, other.cpu))
            rows.append([name, *figures, f"{took.peak:.0f} MB"])
        head = [f"a pass over {count:,} documents", "sync", "convert", "×", "peak of sync"]
        return table(head, rows)

    def inside(self) -> str:
        """Floor and us within one process, where no start counts."""
        sizes = [count for count in self.sizes if count <= 7_000]
        rows = []
        for kind, side in (("invoices", "bp"), ("operations", "crm")):
            floors, ours = [], []
            for count in sizes:
                source, out = self.made(kind, count), self.out()
                run([plan.convert(source, side, out)], self.folder)
                say(f"in one process, {count:,} {kind}")
                floors.append(self._rounds("floor", *plan.floor_of(side, source, out)))
                ours.append(self._rounds("us", str(source), side, str(out)))
            name = "CRM → BP" if side == "bp" else "BP → CRM"
            rows.append([f"{name}, {plan.floor_name(side)}", *map(_milliseconds, floors)])
            both = zip(ours, floors, strict=True)
            times = [f"{_milliseconds(mine)}, {ratio(mine, other)} ×" for mine, other in both]
            rows.append([f"{name}, us", *times])
        head = ["in one process, CPU of a message", *(f"{count:,}" for count in sizes)]
        return table(head, rows)

    def _rounds(self, *words: str) -> float:
        return float(said([sys.executable, "-m", "bench.inside", *words], self.folder))

    def out(self) -> Path:
        return self.folder / "out.xml"

    def tidy(self, *paths: Path) -> None:
        """Large messages are not kept: they would fill the disk."""
        for path in paths:
            if path.exists() and path.stat().st_size > 200 << 20:
                path.unlink()


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1000:,.1f} ms"


def _times(mine: Cell, other: Cell) -> str:
    both = isinstance(mine, Spent) and isinstance(other, Spent)
    return ratio(mine.cpu, other.cpu) if both else "-"  # type: ignore[union-attr]


def machine() -> str:
    """The machine in one line."""
    from lxml import etree

    cpu = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists() and (name := re.search(r"model name\s*: (.+)", info.read_text())):
        cpu = name[1]
    versions = f"Python {platform.python_version()}, lxml {etree.__version__}"
    libxml = ".".join(map(str, etree.LIBXML_VERSION))
    load = f", load {os.getloadavg()[0]:.1f} at the start" if hasattr(os, "getloadavg") else ""
    return (
        f"{cpu}, {os.cpu_count()} cores, {platform.system()}, {versions}, libxml2 {libxml}{load}."
    )


def say(text: str) -> None:
    print(f"-- {text}", file=sys.stderr, flush=True)


def write(text: str) -> None:
    """Put what was measured between the marks of the document."""
    old = DOCUMENT.read_text(encoding="utf-8")
    before, _, rest = old.partition(MARKS[0])
    after = rest.partition(MARKS[1])[2]
    DOCUMENT.write_text(f"{before}{MARKS[0]}\n\n{text}\n{MARKS[1]}{after}", encoding="utf-8")


def _sizes(text: str) -> dict[int, int]:
    """Sizes by commas, each with as many rounds as usual."""
    return {int(each): USUAL.get(int(each), 1) for each in text.split(",")}


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--quick", action="store_true")
    size.add_argument("--full", action="store_true")
    size.add_argument("--sizes", type=_sizes, help="documents in a message: 1,1000,7000")
    parser.add_argument("--write", action="store_true", help="put the tables into the document")
    parser.add_argument("--folder", type=Path, default=plan.ROOT / "build" / "bench")
    options = parser.parse_args()
    folder = options.folder.resolve()
    os.environ["PYTHONPATH"] = str(plan.ROOT)
    os.environ["PYTHONPYCACHEPREFIX"] = str(folder / "compiled")  # as an installed program has it
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    where = machine()
    sizes = QUICK if options.quick else FULL if options.full else options.sizes or USUAL
    bench = Bench(options.folder.resolve(), sizes)
    text = "\n".join([where + "\n", bench.to_bp(), bench.to_crm(), bench.inside(), bench.passes()])
    print(text)
    if options.write:
        write(text)


if __name__ == "__main__":
    main()

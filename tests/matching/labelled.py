"""The labelled payment purposes, and how well the matching does on them.

``python -m tests.matching.labelled [PART]`` prints the figures, with ``--misses`` also every purpose
that came out otherwise than labelled. Of ``purposes.tsv`` the rules were made with two thirds
(``made``); one third is ``held-out``. ``later.tsv`` (``later``) was labelled when they were done.
"""

from __future__ import annotations

import sys
import tomllib
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple
from zlib import crc32

from converter.matching.rules import match
from converter.matching.values import Candidate, Direction, Proposal, Unlinked
from converter.objects import Contract, Organisation, Party

HERE = Path(__file__).parent
SELLER = Organisation(None, "ООО Ромашка", "7707083893", "770701001", "ЮридическоеЛицо")
BUYER = Party(None, "ООО Покупатель", None, "7728168971", "772801001", "ЮридическоеЛицо")
PARTS = ("made", "held-out", "later")
CLASSES = ("certain", "proposed", "none")


class Labelled(NamedTuple):
    """A purpose with what an accountant would make of it: a class, and invoices."""

    part: str
    scene: str
    sum: Decimal
    label: str
    invoices: frozenset[str]
    purpose: str


def labelled(part: str | None = None) -> list[Labelled]:
    """Every labelled purpose, or those of one part."""
    found = [*_read("purposes.tsv"), *_read("later.tsv")]
    return [each for each in found if part in (None, each.part)]


def _read(name: str) -> Iterator[Labelled]:
    for line in (HERE / name).read_text(encoding="utf-8").splitlines()[1:]:
        scene, amount, label, invoices, purpose = line.split("\t")
        third = "held-out" if crc32(purpose.encode()) % 3 == 0 else "made"
        part = "later" if name == "later.tsv" else third
        yield Labelled(part, scene, Decimal(amount), label, frozenset(invoices.split()), purpose)


@cache
def scenes() -> dict[str, Any]:
    """What is open, by scene."""
    return tomllib.loads((HERE / "scenes.toml").read_text(encoding="utf-8"))


def candidates(scene: dict[str, Any]) -> list[Candidate]:
    """The invoices of a scene, by number; where two share it, number@year."""
    numbers = [each["number"] for each in scene["invoices"]]
    return [
        _candidate(each, scene, numbers.count(each["number"]) > 1) for each in scene["invoices"]
    ]


def _candidate(row: dict[str, Any], scene: dict[str, Any], twice: bool) -> Candidate:
    contract = row.get("contract", scene.get("contract"))
    return Candidate(
        ref=f"{row['number']}@{row['date'].year}" if twice else row["number"],
        organisation=SELLER,
        party=BUYER,
        currency="643",
        number=row["number"],
        date=datetime.combine(row["date"], time(10)),
        contract=None if contract is None else Contract(None, None, contract, None),
        unpaid=Decimal(row["rest"]),
        paid=Decimal(row.get("paid", "0")),
    )


def answered(case: Labelled) -> tuple[Proposal, ...]:
    """What the matching says."""
    scene = scenes()[case.scene]
    direction = Direction(scene.get("direction", "payment"))
    operation = Unlinked(
        direction, SELLER, BUYER, "643", datetime(2026, 3, 20), case.sum, purpose=case.purpose
    )
    return match(operation, candidates(scene))


class Figures(NamedTuple):
    """Pairs of a purpose and an invoice (for ``none``: purposes): labelled, answered, and both.

    ``right`` of a class: answered in it, and labelled in it or, for *proposed*, in a better one.
    """

    labelled: int
    found: int
    answered: int
    right: int

    @property
    def precision(self) -> float:
        """Of the answers of the class, how many are right."""
        return self.right / self.answered if self.answered else 1.0

    @property
    def recall(self) -> float:
        """Of the labels of the class, how many were answered in it."""
        return self.found / self.labelled if self.labelled else 1.0


def figures(cases: Iterable[Labelled]) -> dict[str, Figures]:
    """Precision and recall by class, and of everything offered, in whichever class."""
    counts = {name: [0, 0, 0, 0] for name in (*CLASSES, "offered")}
    for case in cases:
        wanted = {(ref, case.label) for ref in case.invoices} or {("", "none")}
        given = {(each.invoice, each.confidence.value) for each in answered(case)} or {("", "none")}
        for name in CLASSES:
            right = {"certain": ("certain",), "none": ("none",)}.get(name, ("certain", "proposed"))
            _count(
                counts[name],
                {ref for ref, label in wanted if label == name},
                {ref for ref, label in given if label == name},
                {ref for ref, label in wanted if label in right},
            )
        offered, asked = {ref for ref, _ in given} - {""}, {ref for ref, _ in wanted} - {""}
        _count(counts["offered"], asked, offered, asked)
    return {name: Figures(*count) for name, count in counts.items()}


def _count(count: list[int], wanted: set[str], given: set[str], right: set[str]) -> None:
    count[0] += len(wanted)
    count[1] += len(wanted & given)
    count[2] += len(given)
    count[3] += len(given & right)


def table(cases: list[Labelled]) -> str:
    """The figures as a table for people."""
    lines = [
        "| class | labelled | answered | precision | recall |",
        "| --- | --: | --: | --: | --: |",
    ]
    for name, each in figures(cases).items():
        lines.append(
            f"| {name} | {each.labelled} | {each.answered} "
            f"| {each.precision:.3f} | {each.recall:.3f} |"
        )
    return "\n".join(lines)


def main(arguments: list[str]) -> None:
    """Print the figures."""
    part = next((each for each in arguments if each in PARTS), None)
    cases = labelled(part)
    print(f"{len(cases)} purposes\n\n{table(cases)}")
    if "--misses" in arguments:
        for case in cases:
            given = {(each.invoice, each.confidence.value) for each in answered(case)}
            if given != {(ref, case.label) for ref in case.invoices}:
                print(f"\n{case.scene} {case.sum} {case.purpose}")
                print(f"  labelled {case.label} {sorted(case.invoices)}, answered {sorted(given)}")


if __name__ == "__main__":
    main(sys.argv[1:])

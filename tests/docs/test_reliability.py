"""docs/reliability.md names tests: each of them is there, and so is every mutant."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from tests.conftest import ROOT

PAGE = (ROOT / "docs" / "reliability.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(\w+/test_\w+\.py)::(test_\w+)`", PAGE)))


@cache
def functions(path: Path) -> frozenset[str]:
    """The tests of a file."""
    tree = ast.parse(path.read_text("utf-8"))
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


@pytest.mark.parametrize(("file", "test"), NAMED, ids=lambda each: str(each))
def test_what_the_page_names_is_there(file: str, test: str) -> None:
    assert test in functions(ROOT / "tests" / file)


def test_every_fault_has_a_row_with_a_test() -> None:
    found: set[int] = set()
    for row in re.findall(r"^\| (F\d+(?:, F\d+)*) \|.*$", PAGE, re.MULTILINE):
        found |= {int(each) for each in re.findall(r"\d+", row)}
    assert found == set(range(1, 39))
    rows = [line for line in PAGE.splitlines() if line.startswith("| F")]
    assert len(rows) >= 36
    assert [line for line in rows if "::test_" not in line] == []


def test_every_mutant_is_on_the_page() -> None:
    from tests.faults import mutants

    table = PAGE.partition("| left out or swapped")[2].partition("\n\n")[0]
    count = len(mutants.MUTANTS) + len(mutants.OTHERS)
    listed = table.count("\n| ") - 1 + table.count("; or ")
    assert listed == count

"""``converter problem``: what a problem means, why, and what to do."""

from __future__ import annotations

import json

from converter.problems.catalogue import kinds
from tests.conftest import Run


def test_a_problem_is_explained_step_by_step(run: Run) -> None:
    done = run("problem", "VAT_NOT_IN_VERSION")
    assert (done.status, done.err) == (0, "")
    first, *rest = done.out.splitlines()
    assert first == "VAT_NOT_IN_VERSION: object held"
    assert "Another rate would change the tax." in done.out
    assert [line[:4] for line in rest if line[:4].strip(" 123456789") == "."] == [
        " 1. ",
        " 2. ",
        " 3. ",
        " 4. ",
    ]
    assert "In a single file: Update BP" in done.out
    assert max(len(line) for line in rest) <= 80


def test_it_speaks_russian_and_takes_small_letters(run: Run) -> None:
    done = run("problem", "number_too_long", lang="ru_RU.UTF-8")
    assert done.status == 0
    assert done.out.startswith("NUMBER_TOO_LONG: объект задержан\n")
    assert "неверно  <Номер>" in done.out


def test_all_are_listed_without_an_id(run: Run) -> None:
    out = run("problem").out
    assert [kind.id for kind in kinds() if f"  {kind.id} " not in out] == []


def test_a_report_for_programs_has_stable_names(run: Run) -> None:
    told = json.loads(run("problem", "NUMBER_TOO_LONG", "--json").out)
    assert list(told) == ["id", "severity", "what", "why", "steps", "alone", "example"]
    assert told["severity"] == "hold"
    assert told["alone"] is None
    assert list(told["example"]) == ["wrong", "right"]
    everything = json.loads(run("problem", "--json").out)["problems"]
    assert [each["id"] for each in everything] == [kind.id for kind in kinds()]


def test_an_id_that_is_not_there_is_wrong_usage_with_what_is_near(run: Run) -> None:
    done = run("problem", "SUM_ROWS")
    assert (done.status, done.out) == (2, "")
    assert "SUM_NOT_ROWS" in done.err

"""What the matching reaches on the labelled purposes, and that the figures in the docs are these."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.matching.labelled import (
    CLASSES,
    PARTS,
    Labelled,
    answered,
    figures,
    labelled,
    scenes,
    table,
)

DOCS = Path(__file__).parents[2] / "docs" / "matching.md"


def test_the_labels_are_of_the_scenes() -> None:
    cases = labelled()
    assert len(cases) >= 200
    assert {each.scene for each in cases} == scenes().keys()
    assert len({(each.scene, each.sum, each.purpose) for each in cases}) == len(cases)
    assert all((each.label == "none") == (not each.invoices) for each in cases)
    assert {each.label for each in cases} == set(CLASSES)


@pytest.mark.parametrize("case", labelled(), ids=lambda each: f"{each.scene}-{each.purpose}")
def test_what_is_certain_is_certain_for_an_accountant(case: Labelled) -> None:
    sure = {each.invoice for each in answered(case) if each.confidence.value == "certain"}
    assert sure <= case.invoices
    assert not sure or case.label == "certain"


def test_all_that_is_offered_is_right_and_most_of_it_is_found() -> None:
    proposed = figures(labelled())["proposed"]
    assert proposed.precision >= 0.98
    assert proposed.recall >= 0.9


@pytest.mark.parametrize("part", [None, *PARTS])
def test_the_figures_of_the_docs(part: str | None) -> None:
    assert table(labelled(part)) in DOCS.read_text(encoding="utf-8")

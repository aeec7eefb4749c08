"""The two large samples cut at every byte; the small ones are cut in tests/fuzz/test_cuts.py."""

from __future__ import annotations

import pytest

from tests.conftest import ROOT
from tests.fuzz.test_cuts import UNFINISHED, refusal


@pytest.mark.parametrize("part", range(8))
@pytest.mark.parametrize("name", ["bp-answers-1.20.xml", "bp-answers-1.8.xml"])
def test_no_cut_of_a_large_sample_is_accepted(name: str, part: int) -> None:
    data = (ROOT / "samples" / name).read_bytes().rstrip()
    assert {refusal(data[:end]) for end in range(part, len(data), 8)} <= UNFINISHED

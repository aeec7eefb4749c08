"""The samples cut at every byte: none is taken for a whole message (make faults takes the large)."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from converter.envelope.reader import Reader
from converter.problems import Rejected
from tests.conftest import ROOT

#: what a file looks like that is still being written
UNFINISHED = {"FILE_EMPTY", "NOT_XML", "XML_CUT", "XML_BROKEN", "NOT_A_MESSAGE"}
STORY = sorted((ROOT / "samples" / "story").glob("*.xml"))


def refusal(data: bytes) -> str | None:
    """The id with which a message is refused; None where it is taken whole."""
    try:
        for _ in Reader(io.BytesIO(data)):
            pass
    except Rejected as rejected:
        return rejected.problem.kind.id
    return None


@pytest.mark.parametrize("sample", STORY, ids=lambda path: path.stem)
def test_no_cut_of_a_sample_is_accepted(sample: Path) -> None:
    data = sample.read_bytes().rstrip()
    assert refusal(data) is None
    assert {refusal(data[:end]) for end in range(len(data))} <= UNFINISHED

"""Whatever stands in the file: settings, or a problem with a line of that file; never a traceback."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from converter.problems import Severity, Stopped
from converter.settings import load
from converter.settings.template import template
from tests.settings.files import SMALLEST

FULL = template("ru").replace("# state", "state").replace("# plan", "plan")
VALUES = st.sampled_from(
    ["1", "-1", "1.5", "nan", "inf", "true", '""', '"x"', "'C:\\x'", "[]", "[[]]", "[{}]", "{}",
     "{ a = 1 }", "2026-01-01", "10:00:00", "'''\nx\n'''", '"\\u0000"', '"\\U0001F600"', '"~"', '"/"']
)  # fmt: skip


def judged(data: bytes) -> str:
    """The id of what is wrong with a file of these bytes; empty where it is taken."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "exchange.toml"
        path.write_bytes(data)
        try:
            load(path)
        except Stopped as refusal:
            problem = refusal.problem
            assert problem.kind.severity is Severity.SETTINGS
            assert problem.where.file == str(path)
            lines = data.count(b"\n") + 1
            assert problem.where.line is not None
            assert 1 <= problem.where.line <= lines
            assert all((problem.what(lang), problem.cure(lang)) for lang in ("ru", "en"))
            return problem.kind.id
    return ""


def lines_of(text: str) -> list[str]:
    """The lines that hold a key."""
    return [line for line in text.splitlines() if " = " in line and not line.startswith("#")]


@given(st.binary())
@example(b"")
@example(b"\xef\xbb\xbf")
@example(b"\x00")
@example("[[link]]".encode("utf-16-le"))
def test_any_bytes(data: bytes) -> None:
    assert judged(data) != ""


@given(st.data())
def test_a_file_with_a_piece_out_or_in(data: Any) -> None:
    start = data.draw(st.integers(0, len(FULL)))
    end = data.draw(st.integers(start, min(len(FULL), start + 30)))
    judged((FULL[:start] + data.draw(st.text(max_size=5)) + FULL[end:]).encode("utf-8", "replace"))


@given(st.sampled_from(lines_of(FULL)), VALUES)
def test_any_value_at_any_key(line: str, value: str) -> None:
    name = line.partition(" = ")[0]
    judged(FULL.replace(line, f"{name} = {value}", 1).encode())


@given(st.sampled_from(lines_of(SMALLEST)))
def test_no_line_of_the_smallest_file_can_be_spared(line: str) -> None:
    assert judged(SMALLEST.replace(line, "", 1).encode()) == "SETTING_MISSING"

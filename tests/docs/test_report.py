"""docs/report.md: its figures' names, its options and its pictures are those of the program."""

from __future__ import annotations

import re

import click
import pytest

from converter.cli.report import command
from converter.serving.metrics import METRICS
from tests.conftest import ROOT

TEXT = (ROOT / "docs" / "report.md").read_text("utf-8")
IMAGES = sorted((ROOT / "docs" / "images").glob("*.png"))


def test_every_metric_stands_in_the_table_as_it_says_itself() -> None:
    rows = re.findall(r"^\| `(converter_\w+)` \| [^|]*\| (\w+)\. (.+) \|$", TEXT, re.MULTILINE)
    assert rows == [(each.name, each.kind, each.help) for each in METRICS]


def test_every_option_is_there() -> None:
    options = [each for each in command.params if isinstance(each, click.Option)]
    missing = {name for each in options for name in each.opts if f"`{name}" not in TEXT}
    assert missing == {"-c", "--config", "--output"}


@pytest.mark.parametrize("path", IMAGES, ids=lambda path: path.name)
def test_a_picture_is_small_and_shown(path: object) -> None:
    image = next(each for each in IMAGES if each == path)
    assert image.read_bytes().startswith(b"\x89PNG")
    assert image.stat().st_size < 200_000
    assert f"](images/{image.name})" in TEXT

"""The changelog, the version and the documents that name it agree."""

from __future__ import annotations

import re
from datetime import date

from converter import __version__
from tests.conftest import ROOT

CHANGELOG = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_version_has_its_paragraph_and_the_newest_stands_first() -> None:
    headings = re.findall(r"^## \[([^\]]+)\](?: - (\S+))?$", CHANGELOG, re.MULTILINE)
    assert headings[0] == ("Unreleased", "")
    assert headings[1][0] == __version__
    days = [date.fromisoformat(day) for _, day in headings[1:]]
    assert days == sorted(days, reverse=True)


def test_its_paragraphs_have_the_names_of_keep_a_changelog() -> None:
    names = set(re.findall(r"^### (.+)$", CHANGELOG, re.MULTILINE))
    assert names <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_documents_name_the_wheel_of_this_version() -> None:
    for path in (*ROOT.glob("README*.md"), *(ROOT / "docs").glob("*.md")):
        named = re.findall(r"enterprisedata_converter-([\d.]+)-py3", path.read_text("utf-8"))
        assert set(named) <= {__version__}, path

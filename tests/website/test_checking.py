"""What the check of a site finds."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.problems.catalogue import kinds
from website.checking import Fault, faults


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site that is whole: two pages, and one for each problem."""
    for lang in ("en", "ru"):
        (tmp_path / lang / "problems").mkdir(parents=True)
        for kind in kinds():
            page(tmp_path, f"{lang}/problems/{kind.id}.html", '<h1 id="x">x</h1>')
    (tmp_path / "own.css").touch()
    page(
        tmp_path,
        "en/index.html",
        '<link href="../own.css"><a href="problems/NOT_XML.html#x">a</a> <a href="#y">b</a>'
        '<p id="y"><a href="https://example.org">outside</a><img src="data:image/png;base64,">',
    )
    return tmp_path


def page(site: Path, name: str, body: str) -> None:
    """Write a page."""
    (site / name).write_text(f"<!DOCTYPE html><body>{body}</body>", encoding="utf-8")


def test_a_whole_site_has_no_faults(site: Path) -> None:
    assert faults(site) == []


@pytest.mark.parametrize(
    ("body", "what"),
    [
        ('<script src="https://cdn.example.org/a.js"></script>', "fetches https://cdn.example.org/a.js"),
        ('<img src="//example.org/a.png">', "fetches //example.org/a.png"),
        ('<link rel="icon" href="http://example.org/a">', "fetches http://example.org/a"),
        ('<a href="gone.html">a</a>', "links to gone.html, which is not there"),
        ('<script src="gone.js"></script>', "links to gone.js, which is not there"),
        ('<a href="#gone">a</a>', "links to #gone, where there is no such place"),
        (
            '<a href="../en/problems/NOT_XML.html#gone">a</a>',
            "links to ../en/problems/NOT_XML.html#gone, where there is no such place",
        ),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_page_is_found(site: Path, body: str, what: str) -> None:
    page(site, "ru/index.html", body)
    assert faults(site) == [Fault("ru/index.html", what)]


def test_a_problem_without_its_page_is_found(site: Path) -> None:
    (site / "ru" / "problems" / "XML_CUT.html").unlink()
    assert faults(site) == [Fault("ru/problems/XML_CUT.html", "is not there")]

"""Links of the documents as links of the site."""

from __future__ import annotations

from pathlib import Path

import pytest

from website.links import Links
from website.pages import documents


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A tree with a document in both languages, one in English only, and a file."""
    for name, text in {
        "README.md": "# Read me\n",
        "README.ru.md": "# Прочтите\n",
        "docs/problems.md": "# Problems\n",
        "docs/recovery.md": "# Recovery\n",
        "examples/a task.xml": "<a/>",
    }.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    return tmp_path


def rewritten(root: Path, text: str, here: str = "docs/recovery.md", lang: str = "en") -> str:
    """A text with its links as they are in a document of a language."""
    return Links(root, documents(root), lang).rewritten(text, root / here)


def test_a_document_is_a_page(root: Path) -> None:
    assert rewritten(root, "[see](../README.md#x-y)") == "[see](<readme.md#x-y>)"
    assert rewritten(root, "[see](docs/recovery.md)", "README.md") == "[see](<recovery.md>)"


def test_a_path_as_words_becomes_the_heading(root: Path) -> None:
    assert rewritten(root, "[README.md](../README.md)") == "[Read me](<readme.md>)"


def test_the_other_language_is_another_site_where_the_page_has_a_twin(root: Path) -> None:
    assert rewritten(root, "[ru](README.ru.md)", "README.md") == (
        '<a href="../ru/readme.html">ru</a>'
    )
    assert rewritten(root, "[see](docs/recovery.md#a)", "README.ru.md", "ru") == (
        "[see](<recovery.md#a>)"
    )


def test_the_page_of_all_problems_is_their_list_and_a_heading_of_it_a_page(root: Path) -> None:
    assert rewritten(root, "[all](problems.md)") == "[all](<problems/index.md>)"
    assert rewritten(root, "[one](problems.md#not_xml)") == "[one](<problems/NOT_XML.md>)"


def test_a_file_is_linked_to_and_remembered(root: Path) -> None:
    links = Links(root, documents(root), "en")
    text = links.rewritten("[`task`](../examples/a%20task.xml)", root / "docs" / "recovery.md")
    assert text == '<a href="../files/examples/a%20task.xml">`task`</a>'
    assert links.files == {root / "examples" / "a task.xml"}


def test_a_picture_stands_beside_the_pages_whoever_shows_it(root: Path) -> None:
    assert rewritten(root, "![a](images/a.svg)") == "![a](<images/a.svg>)"
    assert rewritten(root, "![a](docs/images/a.svg)", "README.md") == "![a](<images/a.svg>)"


@pytest.mark.parametrize(
    "text",
    [
        "[1C](https://example.org/a)",
        "[below](#further-down)",
        "`[no](../README.md)`",
        "```\n[no](../README.md)\n```\n",
    ],
)
def test_what_is_no_link_to_the_tree_is_left_alone(root: Path, text: str) -> None:
    assert rewritten(root, text) == text

"""Which documents are pages: all of docs/, named here or not."""

from __future__ import annotations

from pathlib import Path

from tests.conftest import ROOT
from website.pages import INDEX, documents, sections


def test_every_document_is_a_page_in_both_languages() -> None:
    found = documents(ROOT)
    for path in (ROOT / "docs").glob("*.md"):
        name, _, lang = path.stem.partition(".")
        assert found[name][lang or "en"].path == path
    assert all(set(each) == {"en", "ru"} for each in found.values())
    assert found["readme"]["ru"].path.name == "README.ru.md"
    assert found["changelog"]["ru"].lang == "en"


def test_every_page_stands_in_the_contents_once() -> None:
    found = documents(ROOT)
    for lang in ("en", "ru"):
        listed = [name for _, names in sections(found, lang) for name in names]
        assert sorted(listed) == sorted(set(found) - {INDEX})


def test_a_new_document_needs_no_list(tmp_path: Path) -> None:
    (tmp_path / "docs").mkdir()
    (tmp_path / "docs" / "brand-new.md").write_text("# New\n", encoding="utf-8")
    [*_, (title, names)] = sections(documents(tmp_path), "en")
    assert (title, names) == ("More", ["brand-new"])

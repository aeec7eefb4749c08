"""Which document is which page, and in which order they stand.

A document of docs/ is a page without being named here: it stands under the last heading.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from converter.problems import Said

LANGS = ("en", "ru")

#: documents outside docs/, by the name of their page
_OTHERS = {
    "readme": ("README.md", "README.ru.md"),
    "samples": ("samples/README.md", None),
    "security": ("SECURITY.md", None),
    "changelog": ("CHANGELOG.md", None),
}

INDEX = "index"
#: one page for each kind is made from the catalogue instead of it
PROBLEMS = "problems"

SECTIONS = (
    (Said("Начало", "Begin"), ("readme", "install", "1c-setup")),
    (
        Said("Обмен", "The exchange"),
        ("running", "settings", "folders", "hosts", "matching", "report"),
    ),
    (Said("Если что-то не так", "When something is wrong"), (PROBLEMS, "alerts", "recovery")),
    (
        Said("Как это устроено", "How it works"),
        ("protocol", "crm-message", "crm-format", "samples", "glossary", "performance"),
    ),
    (
        Said("Для разработчиков", "For developers"),
        ("design", "reliability", "mutation", "security", "releasing", "changelog"),
    ),
)
_REST = Said("Ещё", "More")


class Document(NamedTuple):
    """A document as it stands in the tree, and the language it is written in."""

    path: Path
    lang: str


def documents(root: Path) -> dict[str, dict[str, Document]]:
    """Every page by its name, in each language; what has no Russian twin stands in English."""
    found: dict[str, dict[str, Document]] = {}
    for path in sorted((root / "docs").glob("*.md")):
        name, _, lang = path.stem.partition(".")
        found.setdefault(name, {})[lang or "en"] = Document(path, lang or "en")
    for name, paths in _OTHERS.items():
        for lang, each in zip(LANGS, paths, strict=True):
            if each is not None and (root / each).exists():
                found.setdefault(name, {})[lang] = Document(root / each, lang)
    return {
        name: {lang: each.get(lang, next(iter(each.values()))) for lang in LANGS}
        for name, each in found.items()
    }


def sections(names: Mapping[str, object], lang: str) -> list[tuple[str, list[str]]]:
    """The headings of the contents with the pages under each; what is not named stands last."""
    named = [
        (title.to(lang), [each for each in pages if each in names]) for title, pages in SECTIONS
    ]
    known = {each for _, pages in named for each in pages} | {INDEX}
    rest = sorted(each for each in names if each not in known)
    return [*named, (_REST.to(lang), rest)] if rest else named

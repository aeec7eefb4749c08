"""A page and its Russian twin say the same, and a Russian page tells which pages have no twin."""

from __future__ import annotations

import re

import pytest

from converter.formats import CRM
from converter.formats.notation import Group
from tests.conftest import ROOT
from tests.docs.shown import shape

RUSSIAN = [
    "README.ru.md",
    *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.ru.md"))),
]
FORMAT = ["docs/crm-format.md", "docs/crm-format.ru.md"]

#: each of their entries is in both languages
_IN_BOTH = ("problems.md", "settings.md", "glossary.md")
#: the places where an English page says the main things in Russian
_RUSSIAN_PART = re.compile(r"по-русски")

_LINK = re.compile(r"\]\(([^)\s#]+\.md)(#[^)\s]+)?\)")


def text_of(document: str) -> str:
    return (ROOT / document).read_text(encoding="utf-8")


@pytest.mark.parametrize("document", RUSSIAN)
def test_twins_have_the_same_headings_and_tables(document: str) -> None:
    assert shape(document) == shape(document.replace(".ru.md", ".md"))


@pytest.mark.parametrize("document", RUSSIAN)
def test_twins_name_each_other(document: str) -> None:
    here, there = document.rpartition("/")[2], document.replace(".ru.md", ".md")
    assert f"\n[По-русски]({here})\n" in text_of(there)
    assert f"\n[In English]({there.rpartition('/')[2]})\n" in text_of(document)


@pytest.mark.parametrize("document", RUSSIAN)
def test_a_russian_page_leads_to_russian_pages_or_says_that_they_are_english(document: str) -> None:
    wrong = []
    for line in text_of(document).splitlines():
        for path, anchor in _LINK.findall(line):
            if (
                path.endswith(".ru.md")
                or path.endswith(_IN_BOTH)
                or line.startswith("[In English]")
            ):
                continue
            if _RUSSIAN_PART.search(anchor) or "английск" in line:
                continue
            wrong.append(path + anchor)
    assert wrong == []


#: the objects of the format that have a table of their own, by the words of their heading
_OBJECTS = [
    *("Документ.СчетНаОплату", "Справочник.Контрагенты", "УдалениеОбъекта"),
    *("Документ.ТорговаяОперация", "СостояниеСчета"),
]
_CATALOGUES = [
    *("Справочник.Организации", "Справочник.Номенклатура", "Справочник.БанковскиеСчета"),
    *("Справочник.Валюты", "Справочник.ЕдиницыИзмерения"),
]


def fields(name: str) -> list[tuple[str, bool]]:
    """The elements of an object of the CRM format in their order, and which are required."""
    kind = CRM.view.types[name]
    assert isinstance(kind, Group)
    return [(field.name, field.least > 0) for field in kind.fields]


def told(text: str) -> list[tuple[str, bool]]:
    """The elements that a text lists with their marks, in the order in which it does."""
    found = re.findall(r"((?:`[А-Я]\w+`(?:, )?)+)(?: \([^)]*\))?(?: \|[^|\n]*\|)? ([●○])", text)
    return [(name, mark == "●") for names, mark in found for name in re.findall(r"`(\w+)`", names)]


@pytest.mark.parametrize("document", FORMAT)
@pytest.mark.parametrize("name", _OBJECTS)
def test_the_elements_of_an_object_stand_in_the_order_of_the_format(
    document: str, name: str
) -> None:
    [section] = re.findall(rf"^### {re.escape(name)}, .*\n([^#]*)", text_of(document), re.MULTILINE)
    wanted = fields(name)
    assert told(section)[: len(wanted)] == wanted


@pytest.mark.parametrize("document", FORMAT)
@pytest.mark.parametrize("name", _CATALOGUES)
def test_the_elements_of_a_catalogue_stand_in_the_order_of_the_format(
    document: str, name: str
) -> None:
    [row] = re.findall(rf"^\| `{re.escape(name)}` \| (.*) \|$", text_of(document), re.MULTILINE)
    assert told(row) == fields(name)


def test_both_pages_of_the_format_name_the_same_elements() -> None:
    english, russian = (
        re.findall(r"^\| (`[^|]*`) \|", text_of(each), re.MULTILINE) for each in FORMAT
    )
    assert [re.findall(r"`(.+?)`", row) for row in english] == [
        re.findall(r"`(.+?)`", row) for row in russian
    ]
    ids = [set(re.findall(r"`([A-Z]+_[A-Z_]+)`", text_of(each))) for each in FORMAT]
    assert ids[0] == ids[1]


@pytest.mark.parametrize("document", ["README", "docs/install"])
@pytest.mark.parametrize("suffix", [".md", ".ru.md"])
def test_where_the_wheel_is_made_windows_can_make_it_too(document: str, suffix: str) -> None:
    lines = [line for line in text_of(document + suffix).splitlines() if "`make wheel`" in line]
    assert lines
    assert all(r"`py scripts\dev.py wheel`" in line for line in lines)

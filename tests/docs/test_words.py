"""Russian texts spell one word in one way: an invoice is a «счёт», as in all prose with «ё».

«Счет на оплату» without the dots is a name: of 1C's document, and in the names of both formats.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT

#: forms that have «ё» when they are spelt out; «счета», «счетов» and others of the plural have none
_PLAIN = re.compile(
    r"\b([Сс]чет(у|ом|е)?|([Вв]заимор|[Пп]ерер|[Рр])асчет(а|у|ом|е|ы|ов|ам|ами|ах)?)\b"
    r"|\b([Бб]ез|[Дд]ва|[Тт]ри|[Оо]ба|до|для|из|у|кроме|нет|[Кк]онец|[Сс]остояни[ея]|[Вв]алют[аеы]"
    r"|[Сс]умм[аеуы]|\w+[ое]го) счета\b"
)
#: what is quoted: names of 1C, also on a way to an element, and what people write into the purpose of
#: a payment
_QUOTED = re.compile(r'«[^»\n]*»|`[^`\n]*`|"[А-ЯЁ][А-Яа-яё]+"|\{\*\}[А-ЯЁ][А-Яа-яё]+|<[^>\n]*>')
#: they are about texts of other people, in which it is spelt as it comes
_OF_OTHERS = ("converter/matching",)

TEXTS = [
    *(ROOT / "converter").rglob("*.py"),
    *(ROOT / "scripts").glob("*.py"),
    *(ROOT / "docs").glob("*.md"),
    *ROOT.glob("*.md"),
    ROOT / "converter/settings/sample.xml",
    ROOT / "schemas/settings.json",
]


def misspelt(text: str) -> list[str]:
    """The words without their dots."""
    return [found[0] for found in _PLAIN.finditer(_QUOTED.sub("", text))]


def test_an_invoice_is_spelt_with_its_dots() -> None:
    files = [path for path in TEXTS if not path.relative_to(ROOT).as_posix().startswith(_OF_OTHERS)]
    assert len(files) > 150
    wrong = {
        path.relative_to(ROOT).as_posix(): words
        for path in files
        if (words := misspelt(_text(path)))
    }
    assert wrong == {}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("пересчитайте счет", ["счет"]),
        ("Счет, счету, счетом, о счете", ["Счет", "счету", "счетом", "счете"]),
        ("взаиморасчетов", ["взаиморасчетов"]),
        ("счёт, счета, счетов, счетам, расчётов", []),
        ("без счёта, два счёта, выставляют счета, его счета", []),
        ("без счета, первого счета", ["без счета", "первого счета"]),
        ("«Счет на оплату», `Счет`, СчетНаОплату", []),
    ],
)
def test_what_counts_as_misspelt(text: str, words: list[str]) -> None:
    assert misspelt(text) == words


#: they write pages of docs/, which stand beside the others
_OF_PAGES = ("converter/settings/page.py", "converter/problems/page.py")
_DOCUMENT = re.compile(r"\b(docs|samples|examples)/|\w\.md\b|README")


def test_what_the_program_says_names_no_document() -> None:
    """An installation brings none of them: a command is named instead."""
    named = [
        (path.name, text)
        for path in (ROOT / "converter").rglob("*.py")
        if path.relative_to(ROOT).as_posix() not in _OF_PAGES
        for text in said(ast.parse(_text(path)))
        if _DOCUMENT.search(text)
    ]
    assert named == []


def test_what_counts_as_said() -> None:
    tree = ast.parse('"""docs/a.md"""\ndef f():\n    """docs/b.md"""\n    g("see docs/c.md")')
    assert [text for text in said(tree) if _DOCUMENT.search(text)] == ["see docs/c.md"]


def said(tree: ast.AST) -> Iterator[str]:
    """The texts of a module, without those that explain it to its readers."""
    for node in ast.walk(tree):
        for child in ast.iter_child_nodes(node):
            text = child.value if isinstance(child, ast.Constant) else None
            if isinstance(text, str) and not isinstance(node, ast.Expr):
                yield text


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")

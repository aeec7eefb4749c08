"""The catalogue of problems: complete, in both languages, and its page up to date."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import NamedTuple

import pytest

import converter
from converter.problems import Kind, Problem, Rejected, Said, Severity
from converter.problems import catalogue as say
from converter.problems.catalogue import every, kinds
from converter.problems.page import page
from tests.conftest import ROOT

PACKAGE = Path(converter.__file__).parent
NAMES = {name: kind for name, kind in vars(every).items() if isinstance(kind, Kind)}


def details(kind: Kind) -> set[str]:
    """What stands in braces in the words of a kind."""
    words = "".join((*kind.ru, *kind.en))
    return set(re.findall(r"\{(\w+)\}", words))


# -- the kinds -----------------------------------------------------------------------------------


def test_every_id_is_unique_and_in_upper_snake_case() -> None:
    ids = [kind.id for kind in kinds()]
    assert len(set(ids)) == len(ids)
    assert [id for id in ids if not re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", id)] == []


def test_every_kind_stands_under_its_id() -> None:
    assert {name: kind.id for name, kind in NAMES.items()} == {name: name for name in NAMES}
    assert kinds() == list(NAMES.values())


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.id)
def test_a_kind_speaks_both_languages(kind: Kind) -> None:
    for text in (*kind.ru, *kind.en):
        assert text.strip()
        assert not text.endswith("."), "the page puts the stop"
    for why in kind.why:
        assert why.endswith(".")
    assert re.search("[а-яё]", kind.why.ru)
    assert not re.search("[а-яё]", kind.why.en)
    assert re.search("[а-яё]", kind.ru.what)
    assert re.search("[а-яё]", kind.ru.cure)
    assert not re.search("[а-яё]", re.sub(r"1C:\w+", "", kind.en.what))


@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.id)
def test_both_languages_tell_the_same_details(kind: Kind) -> None:
    def named(text: str) -> set[str]:
        return set(re.findall(r"\{(\w+)\}", text))

    assert named("".join(kind.ru)) == named("".join(kind.en))


# -- where they are used -------------------------------------------------------------------------


class Call(NamedTuple):
    """A place in the source where a problem of a kind is made."""

    place: str
    kind: str
    keywords: frozenset[str]
    open: bool


def calls() -> list[Call]:
    """Every ``say.KIND(…)`` of the package."""
    found = []
    for path in sorted(PACKAGE.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and isinstance(node.func.value, ast.Name)
                and node.func.value.id == "say"
                and node.func.attr in NAMES
            ):
                names = [keyword.arg for keyword in node.keywords]
                found.append(
                    Call(
                        f"{path.relative_to(PACKAGE).as_posix()}:{node.lineno}",
                        node.func.attr,
                        frozenset(name for name in names if name),
                        None in names,
                    )
                )
    return found


def used_names() -> set[str]:
    """Every kind that the package mentions outside the catalogue."""
    found: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        if path.name != "catalogue.py":
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if isinstance(node, ast.Attribute) and node.attr in NAMES:
                    found.add(node.attr)
    return found


#: made without their count, which is filled in when the message has been read (`_ToBp.finish`)
COUNTED_LATER = {"NOT_FROM_CRM", "OBJECT_UNKNOWN"}


def test_every_detail_that_the_words_name_is_given_wherever_a_problem_is_made() -> None:
    made = calls()
    assert len(made) > 30
    lacking = [
        (call.place, call.kind, sorted(missing))
        for call in made
        if (missing := details(NAMES[call.kind]) - call.keywords)
        and not call.open
        and not (call.kind in COUNTED_LATER and not call.keywords)
    ]
    assert lacking == []


def test_no_detail_is_given_that_the_words_do_not_name() -> None:
    idle = [
        (call.place, call.kind, sorted(more))
        for call in calls()
        if (more := call.keywords - details(NAMES[call.kind]) - {"field"})
    ]
    assert idle == []


def test_every_kind_is_used() -> None:
    assert sorted(set(NAMES) - used_names()) == []


# -- a problem as a value ------------------------------------------------------------------------


def test_a_place_is_filled_in_once_and_not_overwritten() -> None:
    problem = say.FIELD_MISSING("Сумма").at(line=3).at(file="a.xml", line=9, object="o", key="k")
    assert problem.where == ("a.xml", 3, "o", "Сумма", "k")


def test_a_field_is_named_from_further_out() -> None:
    assert say.FIELD_MISSING("Сумма").under("Строка").where.field == "Строка/Сумма"
    assert say.FIELD_MISSING().under("Строка").where.field == "Строка"


def test_only_warnings_let_an_object_pass() -> None:
    assert [kind.id for kind in kinds() if Problem(kind, say.GREETING().where, ()).holds] == [
        kind.id for kind in kinds() if kind.severity is not Severity.WARN
    ]


def test_long_values_are_cut_in_the_words() -> None:
    said = say.REF_NOT_GUID(value="x" * 1000).what("en")
    assert len(said) < 250


def test_braces_in_a_value_are_not_taken_for_a_detail() -> None:
    assert "{secret}" in say.REF_NOT_GUID(value="{secret}").what("en")


def test_a_problem_inside_a_problem_speaks_the_same_language() -> None:
    inner = say.FIELD_MISSING()
    outer = say.OUTPUT_INVALID(format="CRM 1.0", reason=inner)
    for lang in ("ru", "en"):
        assert inner.what(lang) in outer.what(lang)


def test_a_refusal_carries_its_problem() -> None:
    assert str(Rejected(say.GREETING())) == "GREETING"


def test_a_cure_fits_where_it_is_read() -> None:
    inside = say.VAT_NOT_IN_VERSION(rate="НДС22", version="1.8")
    for lang in ("ru", "en"):
        assert "exchange.toml" in inside.cure(lang)
        assert "--bp-version" not in inside.cure(lang)
        assert "--bp-version" in inside.alone().cure(lang)
        assert inside.alone().what(lang) == inside.what(lang)


def test_no_option_of_one_command_is_named_elsewhere() -> None:
    """``convert`` and ``validate`` only: an exchange has settings, no options."""
    named = [kind.id for kind in kinds() if "--bp-version" in "".join((*kind.ru, *kind.en))]
    assert named == []


# -- the page ------------------------------------------------------------------------------------


def test_the_page_names_every_problem_once() -> None:
    headings = re.findall(r"^### (.+)$", page(), re.MULTILINE)
    assert sorted(headings) == sorted(kind.id for kind in kinds())


def test_the_committed_page_is_what_the_catalogue_says() -> None:
    committed = ROOT / "docs" / "problems.md"
    assert committed.read_text(encoding="utf-8") == page(), "run: make docs"


def test_words_of_ours_are_told_whole_and_others_are_cut() -> None:
    """Where to put a password stands at the end of a long explanation."""
    ours = Said("а" * 300 + " password_command", "b" * 300 + " password_command")
    problem = say.SETTING_PASSWORD(hint=ours)
    assert all(problem.cure(lang).endswith("password_command") for lang in ("ru", "en"))
    assert len(say.SETTINGS_MISSING(file="x" * 1000).what("ru")) < 200
    grown = Said("x" * 9000, "x" * 9000)
    assert len(say.SETTING_PASSWORD(hint=grown).cure("ru")) < 700, "somebody else's, in the middle"

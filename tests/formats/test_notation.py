"""The notation of the *.fields texts."""

from __future__ import annotations

import pytest

from converter.formats.notation import Format, Group, NotationError, Scalar

TEXT = """
versions 1 2 3

object Order
    Key                      string <=5
    Note?                    string          ..1
    Sum                      Money           2..
    Rows?
        Row*
            Price            Money
            Kind?            Kinds           3
    Link?                    one of          1, 3
        | this line continues nothing
Money = decimal 15,2
Kinds = A | B
    | C      3..
"""
GOOD = TEXT.replace(
    "        | this line continues nothing\n", "        One?   string\n        Two?   string\n"
)


def order(version: str) -> Group:
    return Format(GOOD, "test").at(version).objects["Order"]


def test_a_field_is_there_in_its_versions_only() -> None:
    assert [field.name for field in order("1").fields] == ["Key", "Note", "Rows", "Link"]
    assert [field.name for field in order("2").fields] == ["Key", "Sum", "Rows"]
    assert [field.name for field in order("3").fields] == ["Key", "Sum", "Rows", "Link"]


def test_occurrence_is_read_from_the_sign_behind_the_name() -> None:
    key, rows = order("2").by_name["Key"], order("2").find("Rows/Row")
    assert (key.least, key.many) == (1, False)
    assert rows is not None
    assert (rows.least, rows.many) == (0, True)


def test_nested_fields_are_found_by_path() -> None:
    assert order("3").find("Rows/Row/Kind") is not None
    assert order("2").find("Rows/Row/Kind") is None
    assert order("2").find("Key/Deeper") is None


def test_words_come_and_go_with_versions() -> None:
    kinds = Format(GOOD, "test").at("2").types["Kinds"]
    assert isinstance(kinds, Scalar)
    assert kinds.words == ("A", "B")
    later = Format(GOOD, "test").at("3").types["Kinds"]
    assert isinstance(later, Scalar)
    assert later.words == ("A", "B", "C")


def test_facets_narrow_a_value() -> None:
    money = Format(GOOD, "test").at("1").types["Money"]
    assert money == Scalar("Money", "decimal", digits=15, fraction=2)


def test_a_choice_is_marked() -> None:
    link = order("1").find("Link")
    assert link is not None
    assert link.group.choice


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("versions 1\nobject A\n    B   Nothing\n", "line 3"),
        ("versions 1\nobject A\n        B   string\n", "line 3"),
        ("versions 1\nobject A\n    B   string   2..\n", "line 3"),
        ("versions 1\nobject A\n    B   string   1   1\n", "line 3"),
        ("versions 1\nobject A   one of   1   1\n", "line 2"),
        ("versions 1\nobject A   2..\n", "line 2"),
        ("versions 1\nA = string <=x\n", "line 2"),
    ],
)
def test_a_mistake_names_its_line(text: str, line: str) -> None:
    with pytest.raises(NotationError, match=f"test, {line}: "):
        assert Format(text, "test").at("1").objects["A"].fields


def test_an_unknown_version_is_an_error() -> None:
    with pytest.raises(KeyError):
        Format(GOOD, "test").at("4")

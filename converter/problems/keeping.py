"""Problems as plain values, to be kept and told again later, in either language."""

from __future__ import annotations

import json
from collections.abc import Iterable
from functools import cache
from typing import Any

from converter.problems import Kind, Problem, Said, Severity, Where, Words


def kept(problem: Problem) -> dict[str, Any]:
    """A problem as values that JSON can hold."""
    return {
        "id": problem.kind.id,
        "where": list(problem.where),
        "details": [[name, _detail(value)] for name, value in problem.details],
    }


def told(values: dict[str, Any]) -> Problem:
    """The problem again; of a kind that the converter no longer has, its id at least."""
    kind = _kinds().get(values["id"]) or _unknown(values["id"])
    details = tuple((name, _value(value)) for name, value in values["details"])
    return Problem(kind, Where(*values["where"]), details)


def as_text(problem: Problem) -> str:
    """A problem as a text, of which `from_text` makes it again."""
    return json.dumps(kept(problem), ensure_ascii=False)


def from_text(text: str) -> Problem:
    """What `as_text` made a text of."""
    return told(json.loads(text))


def as_texts(problems: Iterable[Problem]) -> str:
    """Several problems as one text, of which `from_texts` makes them again."""
    return json.dumps([kept(each) for each in problems], ensure_ascii=False)


def from_texts(text: str) -> list[Problem]:
    """What `as_texts` made a text of."""
    return [told(each) for each in json.loads(text)]


@cache
def _kinds() -> dict[str, Kind]:
    from converter.problems.catalogue import kinds

    return {kind.id: kind for kind in kinds()}


def _unknown(id: str) -> Kind:
    return Kind(id, Severity.WARN, Words(id, "—"), Words(id, "—"), Said("", ""))


def _detail(value: object) -> Any:
    if isinstance(value, Problem):
        return {"problem": kept(value)}
    if isinstance(value, Said):
        return {"ru": value.ru, "en": value.en}
    return str(value)


def _value(value: Any) -> object:
    if isinstance(value, dict):
        return told(value["problem"]) if "problem" in value else Said(value["ru"], value["en"])
    return value

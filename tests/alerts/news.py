"""Troubles and letters for tests."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from converter.alerts.letters import Letter, Place
from converter.alerts.telling import Due
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.problems.keeping import as_texts
from converter.state.troubles import Trouble

NOW = datetime(2026, 3, 2, 9)
PLACE = Place("/srv/exchange/exchange.toml", "office", UTC)


def problem(total: str = "300") -> Problem:
    """Why an invoice is held."""
    return say.SUM_NOT_ROWS(field="Сумма", total=total, rows="200")


def trouble(key: str = "held/crm/1", **fields: Any) -> Trouble:
    """An invoice that is held, unless the fields say otherwise."""
    given: dict[str, Any] = {
        "link": "main",
        "side": "crm",
        "object": "Документ.СчетНаОплату № СЧ-1",
        "since": NOW,
        "problems": as_texts([problem()]),
    }
    return Trouble(key=key, **{**given, **fields})


def letter(
    begun: list[Trouble] | None = None, ended: list[Trouble] | None = None, language: str = "en"
) -> Letter:
    """A letter with this news; one invoice that is held, where none is given."""
    if begun is None and ended is None:
        begun = [trouble()]
    due = Due(begun or [], ended or [], len(begun or []))
    return Letter(language, PLACE, NOW, due)

"""Times as the settings write them: ``90m``, ``26h``, ``3d``."""

from __future__ import annotations

from datetime import timedelta

from converter.problems import Said

_UNITS = {
    "s": ("seconds", "с", "s"),
    "m": ("minutes", "мин", "min"),
    "h": ("hours", "ч", "h"),
    "d": ("days", "сут", "d"),
}


def duration(text: str) -> timedelta:
    """A `Duration` of the settings."""
    return timedelta(**{_UNITS[text[-1]][0]: int(text[:-1])})


def spoken(text: str) -> Said:
    """The same for people."""
    _, ru, en = _UNITS[text[-1]]
    return Said(f"{text[:-1]} {ru}", f"{text[:-1]} {en}")

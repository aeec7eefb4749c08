"""The form of a noun after a number, in both languages."""

from __future__ import annotations


def form(lang: str, count: int, ru: tuple[str, str, str], en: tuple[str, str]) -> str:
    """One of ``ru``, the forms after 1, 2 and 5, or of ``en``, those after 1 and 2."""
    if lang != "ru":
        return en[count != 1]
    if count % 10 == 1 and count % 100 != 11:
        return ru[0]
    if count % 10 in (2, 3, 4) and count % 100 not in (12, 13, 14):
        return ru[1]
    return ru[2]

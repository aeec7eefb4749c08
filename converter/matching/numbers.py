"""Numbers of documents as people write them: with or without prefix and leading zeros."""

from __future__ import annotations

import re
from functools import lru_cache

#: Latin capitals that look like Cyrillic ones, and are typed for them
_LOOKALIKES = str.maketrans("ABCEHKMOPTXYЁ", "АВСЕНКМОРТХУЕ")
_PARTS = re.compile(r"\d+|[^\W\d_]+")

Parts = tuple[str, ...]


def fold(text: str) -> str:
    """A text in capitals, with one letter for each look."""
    return text.upper().translate(_LOOKALIKES)


@lru_cache(maxsize=4096)
def parts(number: str) -> Parts:
    """The words and figures of a number, without leading zeros: СЧ-00012 → СЧ, 12."""
    return tuple(part.lstrip("0") for part in _PARTS.findall(fold(number)) if part.strip("0"))


def bare(number: Parts) -> Parts:
    """A number without its prefix of letters: СЧ, 12 → 12; 45, К stays."""
    start = next((index for index, part in enumerate(number) if part.isdigit()), 0)
    return number[start:]


def fit(written: Parts, number: Parts, prefix_is_word: bool) -> int | None:
    """How well what is written stands for a number: 0 as it is, 1 without prefix; None not at all.

    ``prefix_is_word``: the prefix written is itself a word for an invoice (``сч-12`` for 12).
    """
    if not written:
        return None
    if written == number:
        return 0
    if written == bare(number) or (prefix_is_word and bare(written) == number):
        return 1
    return None

"""A kind of problem explained for a person: what, why, what to do step by step, an example."""

from __future__ import annotations

import re
from typing import NamedTuple

from converter.problems import Kind
from converter.problems.examples import EXAMPLES, Example
from converter.problems.happened import happened
from converter.problems.steps import CURE, FRAMES, OWN

_DETAIL = re.compile(r"\{(\w+)\}")
_SIDES = "crm|bp"


class Explanation(NamedTuple):
    """All that is said of a kind, in one language; details that differ are an ellipsis.

    ``alone``: what to do instead where a single file is worked, outside an exchange; mostly empty.
    """

    id: str
    severity: str
    what: str
    why: str
    steps: tuple[str, ...]
    alone: str
    example: Example | None


def explained(kind: Kind, lang: str) -> Explanation:
    """The explanation of a kind in ``ru`` or ``en``."""
    words = kind.ru if lang == "ru" else kind.en
    ru, en = OWN.get(kind.id, FRAMES[kind.severity])
    cure = _sentence(words.cure)
    return Explanation(
        kind.id,
        happened(kind).to(lang),
        _sentence(words.what),
        kind.why.to(lang),
        tuple(cure if step == CURE else step for step in (ru if lang == "ru" else en)),
        "" if kind.alone is None else _sentence(kind.alone[0 if lang == "ru" else 1]),
        EXAMPLES.get(kind.id),
    )


def _sentence(text: str) -> str:
    """Words of the catalogue as a sentence, with what differs left open."""
    open_ = _DETAIL.sub(lambda found: _SIDES if found[1] == "side" else "…", text)
    return f"{open_[0].upper()}{open_[1:]}{'' if open_.endswith('…') else '.'}"

"""HTML that is well-formed as XML too, in which every plain text is escaped.

A `Html` is markup; any other string is text and is escaped where it enters an element. So what
comes from outside cannot become markup unless somebody writes `Html` around it, and nobody does but
this module.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

_EMPTY = frozenset({"br", "link", "meta", "rect", "line"})
#: what no XML may hold, and what turns the writing direction of all that follows it
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)
_ESCAPED = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;"}
)  # fmt: skip
_SUSPECT = re.compile("[^\\w .,:;№+()/«»—–·−₽#\u00a0-]")


class Html(str):
    """Markup, safe as it stands."""

    __slots__ = ()


#: text, markup, or nothing
Child = str | None
Attribute = str | int | bool | None


def text(value: str) -> Html:
    """A text from anywhere as markup; characters that play tricks become U+FFFD."""
    if isinstance(value, Html):
        return value
    if _SUSPECT.search(value) is None:
        return Html(value)
    return Html(_UNSEEN.sub("\ufffd", value).translate(_ESCAPED))


def element(name: str, /, *children: Child, **attributes: Attribute) -> Html:
    """An element; ``class_`` is the attribute class, ``aria_label`` is aria-label.

    Attributes that are None or False are left out.
    """
    inside = "".join([text(child) for child in children if child is not None])
    given = _attributes(attributes) if attributes else ""
    if not inside and name in _EMPTY:
        return Html(f"<{name}{given}/>")
    return Html(f"<{name}{given}>{inside}</{name}>")


def opening(name: str, /, **attributes: Attribute) -> Html:
    """The beginning of an element whose inside is written piece by piece; see `closing`."""
    return Html(f"<{name}{_attributes(attributes)}>")


def closing(name: str) -> Html:
    """The end of an element."""
    return Html(f"</{name}>")


def joined(parts: Iterable[Child], between: str = "") -> Html:
    """Texts and markup one after another."""
    return Html(text(between).join([text(part) for part in parts if part is not None]))


def style_sheet(css: str) -> Html:
    """An element ``style``. Raises ValueError where the text could end it, or is no XML."""
    if "<" in css or "&" in css:
        raise ValueError("a style sheet inside a page has no < and no &")
    return Html(f"<style>{css}</style>")


def _attributes(attributes: dict[str, Attribute]) -> str:
    found = []
    for name, value in attributes.items():
        if value is None or value is False:
            continue
        name = name.rstrip("_").replace("_", "-")
        found.append(f' {name}="{name if value is True else text(str(value))}"')
    return "".join(found)

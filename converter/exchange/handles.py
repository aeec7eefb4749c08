"""What an object is held by that cannot be taken, maybe not even read."""

from __future__ import annotations

import re

from lxml import etree

_GUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")


def guid_of(element: etree._Element) -> str | None:
    """An object's own GUID; None where it has none that is one."""
    key = _child(element, "КлючевыеСвойства")
    text = _text(element if key is None else key, "Ссылка").strip()
    return text.lower() if _GUID.fullmatch(text) else None


def nameless_of(element: etree._Element) -> str:
    """What an object is held by that has no GUID: its number, else its name; empty without both."""
    key = _child(element, "КлючевыеСвойства")
    if key is not None:
        if number := _text(key, "Номер").strip():
            return f"№ {number}"
        if name := _text(key, "Наименование").strip():
            return name
    return ""


def _child(element: etree._Element, name: str) -> etree._Element | None:
    return next(element.iterchildren(f"{{*}}{name}"), None)


def _text(element: etree._Element, name: str) -> str:
    child = _child(element, name)
    return "" if child is None else child.text or ""

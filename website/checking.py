"""Whether a built site is whole: nothing from outside, every link leads somewhere, all is there."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from lxml import etree

from converter.problems.catalogue import kinds
from website.pages import LANGS, PROBLEMS

_RESOURCES = (".//link/@href", ".//script/@src", ".//img/@src", ".//source/@src", ".//iframe/@src")


class Fault(NamedTuple):
    """What is wrong with a page of the site."""

    page: str
    what: str


def faults(site: Path) -> list[Fault]:
    """Everything that is wrong with a site, in the order of its pages."""
    found = [
        Fault(f"{lang}/{PROBLEMS}/{kind.id}.html", "is not there")
        for lang in LANGS
        for kind in kinds()
        if not (site / lang / PROBLEMS / f"{kind.id}.html").is_file()
    ]
    for path in sorted(site.rglob("*.html")):
        if "files" not in path.relative_to(site).parts:
            page = path.relative_to(site).as_posix()
            found += [Fault(page, what) for what in _outside(path) + _broken(path)]
    return found


def _outside(page: Path) -> list[str]:
    """Resources that a browser would fetch from elsewhere."""
    tree = _tree(page)
    return [
        f"fetches {address}"
        for query in _RESOURCES
        for address in tree.xpath(query)
        if urlsplit(address).scheme not in ("", "data") or urlsplit(address).netloc
    ]


def _broken(page: Path) -> list[str]:
    """Links and resources inside the site that lead nowhere."""
    found = []
    for address in {*_tree(page).xpath(".//a/@href"), *_tree(page).xpath("|".join(_RESOURCES))}:
        parts = urlsplit(address)
        if parts.scheme or parts.netloc:
            continue
        target = (page.parent / unquote(parts.path)).resolve() if parts.path else page.resolve()
        if not target.is_file():
            found.append(f"links to {address}, which is not there")
        elif parts.fragment and target.suffix == ".html" and not _has(target, parts.fragment):
            found.append(f"links to {address}, where there is no such place")
    return sorted(found)


def _has(page: Path, fragment: str) -> bool:
    return unquote(fragment) in _places(page)


@cache
def _places(page: Path) -> frozenset[str]:
    return frozenset(_tree(page).xpath(".//@id"))


@cache
def _tree(page: Path) -> etree._Element:
    return etree.fromstring(page.read_bytes(), etree.HTMLParser(encoding="utf-8", huge_tree=True))

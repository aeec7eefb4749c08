"""Tables and foldable parts as every section has them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from converter.report.markup import Child, Html, closing, element, joined, opening


class Column(NamedTuple):
    """The head of a column; ``number``: its cells stand at the right."""

    title: str
    number: bool = False


def table(
    caption: str, columns: Sequence[Column], rows: Iterable[Html], class_: str = ""
) -> Iterator[Html]:
    """A table, piece by piece. On a phone each row becomes a small block with the titles in it."""
    yield opening("table", class_=class_ or None)
    yield element("caption", caption)
    heads = (
        element("th", each.title, scope="col", class_="n" if each.number else None)
        for each in columns
    )
    yield element("thead", element("tr", joined(heads)))
    yield opening("tbody")
    yield from rows
    yield closing("tbody")
    yield closing("table")


def row(
    columns: Sequence[Column], cells: Sequence[Child], id: str | None = None, titled: bool = True
) -> Html:
    """A row whose first cell says what it is of. An empty cell is left out on a phone.

    ``titled``: cells carry the titles that a phone shows; else the style sheet does, which is
    shorter where there are many rows.
    """
    first, *others = cells
    found = [element("th", first, scope="row")]
    for column, cell in zip(columns[1:], others, strict=True):
        found.append(
            element(
                "td",
                cell,
                class_="n" if column.number else None,
                data_t=column.title if titled else None,
            )
            if cell
            else element("td")
        )
    return element("tr", joined(found), id=id)


def two(first: Child, second: Child) -> Html:
    """A text with a quieter one under it."""
    return joined([first, element("small", second) if second else None])


def folded(
    title: Child, inside: Iterable[Html], class_: str = "", open: bool = False
) -> Iterator[Html]:
    """What shows when its title is opened."""
    yield opening("details", class_=class_ or None, open=open)
    yield element("summary", title)
    yield from inside
    yield closing("details")


def section(id: str, title: str, inside: Iterable[Html], note: str = "") -> Iterator[Html]:
    """A section with its heading, and a sentence under it."""
    yield opening("section", id=id, aria_labelledby=f"{id}-h")
    yield element("h2", title, id=f"{id}-h")
    if note:
        yield element("p", note, class_="note")
    yield from inside
    yield closing("section")

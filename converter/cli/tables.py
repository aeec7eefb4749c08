"""A table for people: drawn on a terminal, plain and narrow elsewhere. Rows may be very many."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import click

#: so many rows are laid out together
PIECE = 500
#: no column gets less, a number of 1C's least of all; where that does not fit nothing is drawn, or
#: columns would vanish
_NARROWEST = 11


class Column(NamedTuple):
    """A column; ``number``: aligned to the right, and never broken over lines.

    A line end in a cell breaks it on a terminal; elsewhere, and on a narrow one, a row is one line,
    and nothing is cut: a cell wider than ``limit`` stands out of its column.
    """

    title: str
    number: bool = False
    limit: int = 60


Row = Sequence[str]


def print_table(columns: Sequence[Column], rows: Iterable[Row]) -> None:
    """Print rows as they come, a piece at a time; nothing where there are none."""
    left = iter(rows)
    show = None
    while piece := list(islice(left, PIECE)):
        first = show is None
        show = show or _way(columns, piece)
        show(columns, piece, first)


def _way(columns: Sequence[Column], rows: list[Row]) -> Callable[..., None]:
    """Drawn on a terminal that is wide enough for every column."""
    if not sys.stdout.isatty():
        return _plain
    needed = sum(_least(columns, rows)) + 3 * len(columns)
    return _drawn if needed <= shutil.get_terminal_size().columns else _plain


def _least(columns: Sequence[Column], rows: list[Row]) -> Iterator[int]:
    """How wide each column must be."""
    for index, column in enumerate(columns):
        widest = max(_wide(row[index]) for row in ([each.title for each in columns], *rows))
        yield widest if column.number else min(widest, _NARROWEST)


def _wide(cell: str) -> int:
    return max(map(len, cell.splitlines()), default=0)


def _plain(columns: Sequence[Column], rows: list[Row], first: bool) -> None:
    titles = [column.title for column in columns]
    cells = [
        [" ".join(line.rstrip() for line in cell.splitlines()) for cell in row] for row in rows
    ]
    shown = [titles, *cells] if first else cells
    widths = [
        max(min(len(row[index]), column.limit) for row in shown)
        for index, column in enumerate(columns)
    ]
    for row in shown:
        click.echo("  ".join(_padded(row, columns, widths)).rstrip())


def _padded(row: Row, columns: Sequence[Column], widths: list[int]) -> Iterator[str]:
    for cell, column, width in zip(row, columns, widths, strict=True):
        yield cell.rjust(width) if column.number else cell.ljust(width)


def _drawn(columns: Sequence[Column], rows: list[Row], first: bool) -> None:
    from rich import box  # slow to load, and only for a terminal
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=box.SIMPLE_HEAD, show_header=first, pad_edge=False)
    for column, least in zip(columns, _least(columns, rows), strict=True):
        table.add_column(column.title, justify="right" if column.number else "left",
                         overflow="fold", no_wrap=column.number, min_width=least)  # fmt: skip
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(table)

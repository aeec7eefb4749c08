"""A table for people: drawn on a terminal, plain and narrow elsewhere. Rows may be very many."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import NamedTuple

import click

#: so many rows are laid out together
PIECE = 500


class Column(NamedTuple):
    """A column; ``number``: aligned to the right, and never broken over lines.

    A line end in a cell breaks it on a terminal; elsewhere a row is one line, and nothing is cut: a
    cell wider than ``limit`` stands out of its column.
    """

    title: str
    number: bool = False
    limit: int = 60


Row = Sequence[str]


def print_table(columns: Sequence[Column], rows: Iterable[Row]) -> None:
    """Print rows as they come, a piece at a time; nothing where there are none."""
    left = iter(rows)
    show = _drawn if sys.stdout.isatty() else _plain
    first = True
    while piece := list(islice(left, PIECE)):
        show(columns, piece, first)
        first = False


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
    for column in columns:
        table.add_column(column.title, justify="right" if column.number else "left",
                         overflow="fold", no_wrap=column.number)  # fmt: skip
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    Console(highlight=False).print(table)

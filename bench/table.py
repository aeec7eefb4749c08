"""Tables of the bench: the same in the terminal and in the document."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from bench.measure import Spent, ratio

Cell = Spent | str | None


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table in Markdown, its columns padded so that it reads as plain text too."""
    lines = [list(head), *[list(row) for row in rows]]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    texts = [
        "| "
        + " | ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        + " |"
        for line in lines
    ]
    rule = "| " + " | ".join("-" * width for width in widths) + " |"
    return "\n".join([texts[0], rule, *texts[1:]]) + "\n"


def compared(title: str, sizes: Sequence[str], cells: Mapping[str, Sequence[Cell]]) -> str:
    """Jobs by sizes: seconds of CPU, how many times the first job's, and the peak in MB."""
    floors = next(iter(cells.values()))
    rows = [
        [name, *[_cell(each, floor) for each, floor in zip(row, floors, strict=True)]]
        for name, row in cells.items()
    ]
    return table([title, *sizes], rows)


def _cell(cell: Cell, floor: Cell) -> str:
    if not isinstance(cell, Spent):
        return cell or "-"
    times = ratio(cell.cpu, floor.cpu) if isinstance(floor, Spent) else "-"
    return f"{cell.cpu:.2f} s, {times} ×, {cell.peak:.0f} MB"

"""Within one process, once everything is loaded: what a message costs a service that stays.

``python -m bench.inside us SOURCE bp|crm OUT`` or ``floor SCHEMA MESSAGE [SCHEMA MESSAGE]`` prints
the median CPU seconds of some rounds, after one that does not count.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from statistics import median

from bench import floor
from converter.conversion.intake import open_message
from converter.conversion.ledger import MessageLedger
from converter.conversion.to_bp import convert_to_bp
from converter.conversion.to_crm import convert_to_crm
from converter.formats import bp

#: rounds go on until so many seconds are spent, but at least three
ENOUGH = 2.0


def us(source: Path, side: str, out: Path) -> None:
    """One conversion from file to file, as the command does it."""
    now = datetime.now()
    with source.open("rb") as read, out.open("wb") as written:
        if side == "bp":
            message, _ = open_message(read, "crm")
            convert_to_bp(message, written, bp("1.19"), now, lambda problem: None)
        else:
            message, dialect = open_message(read, "bp")
            with MessageLedger(known=False) as ledger:
                convert_to_crm(message, written, dialect, ledger, now, lambda problem: None)


def least(words: Sequence[str]) -> None:
    """The floor over pairs of a schema and a message."""
    for schema, message in zip(words[::2], words[1::2], strict=True):
        floor.run(schema, message)


def middle_of_rounds(work: Callable[[], None], enough: float = ENOUGH) -> float:
    """The median CPU seconds of a round."""
    work()
    spent: list[float] = []
    while len(spent) < 3 or sum(spent) < enough:
        began = time.process_time()
        work()
        spent.append(time.process_time() - began)
    return median(spent)


def main(what: str, *words: str) -> None:
    if what == "us":
        source, side, out = words
        print(middle_of_rounds(lambda: us(Path(source), side, Path(out))))
    else:
        print(middle_of_rounds(lambda: least(words)))


if __name__ == "__main__":
    main(*sys.argv[1:])

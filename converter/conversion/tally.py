"""What a conversion did, in numbers, and how it tells of problems."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from converter.problems import Problem

Tell = Callable[[Problem], None]


class Tally:
    """Counts of one file: objects written and skipped by type, and what else became of them.

    ``foreign`` are operations and cards that belong to no invoice of the CRM's, ``absent`` those
    that BP itself does not count (SPEC §2).
    """

    def __init__(self) -> None:
        self.read = 0
        self.written: Counter[str] = Counter()
        self.skipped: Counter[str] = Counter()
        self.foreign = 0
        self.absent = 0
        self.held = 0

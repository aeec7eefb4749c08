"""A problem is a value: a stable id, what is wrong, where, and what to do about it (SPEC §5, §7).

The kinds of problem stand in `converter.problems.catalogue`, each with its words in both languages;
``docs/problems.md`` is made from there.
"""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from converter.problems.visible import short

#: words of ours are told whole; more than this somebody else's text in them has made
_OURS = 500


class Severity(Enum):
    """What a problem does: to the file, the base, one object, or the command as a whole."""

    REJECT = "reject"
    ALARM = "alarm"
    HOLD = "hold"
    WARN = "warn"
    USAGE = "usage"
    SETTINGS = "settings"
    SURROUNDINGS = "surroundings"


class Where(NamedTuple):
    """The place of a problem; what is not known is empty. Lines count from 1.

    ``object`` is for people (type and number), ``key`` for programs (type and GUID).
    """

    file: str = ""
    line: int | None = None
    object: str = ""
    field: str = ""
    key: str = ""


class Said(NamedTuple):
    """A detail that is words itself, in both languages."""

    ru: str
    en: str

    def to(self, lang: str) -> str:
        """The words in ``ru`` or ``en``."""
        return self.ru if lang == "ru" else self.en


#: what a severity does, in words
HAPPENED = {
    Severity.REJECT: Said("файл отвергнут", "file rejected"),
    Severity.ALARM: Said("база остановлена", "base stopped"),
    Severity.HOLD: Said("объект задержан", "object held"),
    Severity.WARN: Said("предупреждение", "warning"),
    Severity.USAGE: Said("неверный вызов", "wrong usage"),
    Severity.SETTINGS: Said("ошибка настроек", "wrong settings"),
    Severity.SURROUNDINGS: Said("не получилось", "failed"),
}


class Words(NamedTuple):
    """What happened and what to do, in one language; ``{name}`` stands for a detail."""

    what: str
    cure: str


class Kind(NamedTuple):
    """A kind of problem: its stable id, its severity, its words, and why it is that severe.

    ``alone``: its cure in Russian and English where a single file is worked, outside an exchange.
    """

    id: str
    severity: Severity
    ru: Words
    en: Words
    why: Said
    alone: tuple[str, str] | None = None

    def __call__(self, field: str = "", **details: object) -> Problem:
        """A problem of this kind, its place still to be filled in."""
        return Problem(self, Where(field=field), tuple(sorted(details.items())))


class Problem(NamedTuple):
    """One problem met, with its place and the details that its words name."""

    kind: Kind
    where: Where
    details: tuple[tuple[str, object], ...]

    def at(
        self, file: str = "", line: int | None = None, object: str = "", key: str = ""
    ) -> Problem:
        """The same problem with those parts of its place filled in that were empty."""
        where = Where(
            self.where.file or file,
            self.where.line if self.where.line is not None else line,
            self.where.object or object,
            self.where.field,
            self.where.key or key,
        )
        return self._replace(where=where)

    def under(self, parent: str) -> Problem:
        """The same problem, its field named from one level further out."""
        field = f"{parent}/{self.where.field}" if self.where.field else parent
        return self._replace(where=self.where._replace(field=field))

    def alone(self) -> Problem:
        """The same problem, met in a single file: its cure names nothing of an exchange."""
        if self.kind.alone is None:
            return self
        ru, en = (
            words._replace(cure=cure)
            for words, cure in zip((self.kind.ru, self.kind.en), self.kind.alone, strict=True)
        )
        return self._replace(kind=self.kind._replace(ru=ru, en=en))

    @property
    def holds(self) -> bool:
        """Whether the object may not go on."""
        return self.kind.severity is not Severity.WARN

    def what(self, lang: str) -> str:
        """What is wrong, as a sentence in ``ru`` or ``en``."""
        return self._say((self.kind.ru if lang == "ru" else self.kind.en).what, lang)

    def cure(self, lang: str) -> str:
        """What to do about it, as a sentence in ``ru`` or ``en``."""
        return self._say((self.kind.ru if lang == "ru" else self.kind.en).cure, lang)

    def _say(self, text: str, lang: str) -> str:
        return text.format_map({name: _told(value, lang) for name, value in self.details})


class Rejected(Exception):
    """A whole file cannot be taken; carries the problem that says why (SPEC §5)."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind.id)
        self.problem = problem


class Stopped(Exception):
    """A command cannot begin or go on; the problem says why and what to do (SPEC §7).

    Its severity tells the exit status: 2 for usage and settings, 3 for the surroundings.
    """

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.kind.id)
        self.problem = problem


def _told(value: object, lang: str) -> str:
    """A detail as it is told: what comes from outside is cut, our own words are not."""
    if isinstance(value, Problem):
        return short(value.what(lang), _OURS)
    if isinstance(value, Said):
        return short(value.to(lang), _OURS)
    return short(str(value))

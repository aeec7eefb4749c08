"""What is told, in words for people and as a document for programs (docs/alerts.md)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, tzinfo
from hashlib import sha256
from typing import Any, NamedTuple

from converter.alerts.telling import Due
from converter.problems import Said
from converter.problems.visible import visible
from converter.state.troubles import Trouble
from converter.views.words import REFUSALS, SIDES

#: so many troubles are told one by one, the others are counted
SHOWN = 20
#: the shape of the document; another shape would have another number
FORMAT = "converter-alert/1"

_KINDS = {
    **REFUSALS,
    "asked": Said("нужно подтверждение", "a person must agree"),
    "version": Said("нет версии формата", "no version of the format"),
    "silent": Said("база молчит", "base silent"),
    "away": Said("папка недоступна", "folder away"),
    "stopped": Said("обмен не идёт", "no exchange"),
}


class Place(NamedTuple):
    """Who tells: the settings file, the computer, and the zone of its clock."""

    config: str
    host: str
    zone: tzinfo


class Letter(NamedTuple):
    """One message of alerts. ``due`` None: a test. ``at`` is in UTC."""

    language: str
    place: Place
    at: datetime
    due: Due | None

    @property
    def id(self) -> str:
        """The same for the same news: who gets it twice can tell."""
        if self.due is None:
            news = f"test {self.at.isoformat()}"
        else:
            begun = [f"+ {each.name} {each.since}" for each in self.due.begun]
            ended = [f"- {each.name} {each.since} {each.gone}" for each in self.due.ended]
            news = "\n".join([*begun, *ended])
        return sha256(f"{self.place.host} {self.place.config}\n{news}".encode()).hexdigest()[:32]

    @property
    def subject(self) -> str:
        """One line."""
        if self.due is None:
            return self._say("converter: проба оповещений", "converter: a test of alerts")
        parts = _counted(self.due.begun, self.language)
        if not parts:
            over = self._say("в порядке", "well again")
            parts = [f"{each} — {over}" for each in _counted(self.due.ended, self.language)]
        text = "; ".join(parts)
        return f"converter: {text if len(text) <= 150 else text[:149] + '…'}"

    @property
    def text(self) -> str:
        """All of it, for people."""
        return "\n".join([*self._lines(), "", *self._foot()])

    def document(self) -> dict[str, Any]:
        """All of it with stable names, for programs."""
        begun, ended = ([], []) if self.due is None else (self.due.begun, self.due.ended)
        return {
            "format": FORMAT,
            "id": self.id,
            "test": self.due is None,
            "at": f"{self.at.isoformat(timespec='seconds')}Z",
            "host": self.place.host,
            "settings": self.place.config,
            "subject": self.subject,
            "text": self.text,
            "begun": {
                "count": len(begun),
                "shown": [self._entry(each) for each in begun[:SHOWN]],
            },
            "ended": {
                "count": len(ended),
                "shown": [self._entry(each) for each in ended[:SHOWN]],
            },
            "standing": 0 if self.due is None else self.due.standing,
        }

    # -- words -----------------------------------------------------------------------------------

    def _lines(self) -> Iterator[str]:
        if self.due is None:
            yield self._say(
                "Это проба: так придёт оповещение, когда в обмене что-то случится.",
                "This is a test: an alert will come like this when something happens.",
            )
            return
        if self.due.begun:
            count = len(self.due.begun)
            yield self._say(f"Началось: {count}", f"Begun: {count}")
            for each in self.due.begun[:SHOWN]:
                yield ""
                yield from self._trouble(each)
            yield from self._more(count)
        if self.due.begun and self.due.ended:
            yield ""
        if self.due.ended:
            count = len(self.due.ended)
            yield self._say(f"Больше не беспокоит: {count}", f"Over: {count}")
            for each in self.due.ended[:SHOWN]:
                assert each.gone is not None
                since, gone = self._local(each.since), self._local(each.gone)
                yield f"  {self._title(each)}, {since} – {gone}"
            yield from self._more(count)

    def _trouble(self, each: Trouble) -> Iterator[str]:
        since = self._local(each.since)
        yield f"  {self._title(each)}, " + self._say(f"с {since}", f"since {since}")
        for problem in each.reasons:
            field = f"{problem.where.field}: " if problem.where.field else ""
            yield f"    {field}{problem.what(self.language)} [{problem.kind.id}]"
            yield f"    → {problem.cure(self.language)}"

    def _title(self, each: Trouble) -> str:
        side = SIDES[each.side].to(self.language) if each.side in SIDES else ""
        named = [each.link, side, each.object]
        parts = [visible(part) for part in named if part]
        return f"{' · '.join(parts)}: {_kind(each, self.language)}"

    def _more(self, count: int) -> Iterator[str]:
        if count > SHOWN:
            yield ""
            yield self._say(f"  … и ещё {count - SHOWN}", f"  … and {count - SHOWN} more")

    def _foot(self) -> Iterator[str]:
        if self.due is not None:
            count = self.due.standing
            yield self._say(f"Сейчас не в порядке: {count}.", f"Wrong at present: {count}.")
        yield self._say(
            f"Подробнее: converter status -c {self.place.config} (компьютер {self.place.host})",
            f"More: converter status -c {self.place.config} (computer {self.place.host})",
        )

    def _local(self, moment: datetime) -> str:
        return f"{moment.replace(tzinfo=UTC).astimezone(self.place.zone):%Y-%m-%d %H:%M}"

    def _say(self, ru: str, en: str) -> str:
        return Said(ru, en).to(self.language)

    # -- values ----------------------------------------------------------------------------------

    def _entry(self, each: Trouble) -> dict[str, Any]:
        return {
            "link": each.link,
            "kind": each.kind,
            "key": each.key,
            "side": each.side or None,
            "object": each.object or None,
            "since": f"{each.since.isoformat(timespec='seconds')}Z",
            "until": None if each.gone is None else f"{each.gone.isoformat(timespec='seconds')}Z",
            "problems": [
                {
                    "id": problem.kind.id,
                    "what": problem.what(self.language),
                    "cure": problem.cure(self.language),
                }
                for problem in each.reasons
            ],
        }


def _counted(troubles: list[Trouble], language: str) -> list[str]:
    """``main: object held (500)``, by link and kind."""
    counts = Counter((each.link, _kind(each, language)) for each in troubles)
    return [
        f"{visible(link)}: {kind}" + (f" ({count})" if count > 1 else "")
        for (link, kind), count in counts.items()
    ]


def _kind(each: Trouble, language: str) -> str:
    return _KINDS.get(each.kind, Said(each.kind, each.kind)).to(language)

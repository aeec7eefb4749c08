"""Who waits for whom, for what, and since when."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from converter.report.words import Words
from converter.views.status import BaseView, LinkView
from converter.views.words import SIDES


class Wait(NamedTuple):
    """Something that a base is waited for with: ``objects`` of it, ``since`` then where known."""

    side: str
    what: str
    objects: int
    since: datetime | None


def waits(view: LinkView, words: Words) -> list[Wait]:
    """What goes on by itself as soon as a base does something."""
    return [each for base in (view.crm, view.bp) for each in _of(base, words)]


def _of(base: BaseView, words: Words) -> Iterator[Wait]:
    say, name = words.say, words.word(SIDES, base.side)
    on_the_way = base.waiting - base.unsent
    if on_the_way:
        text = say(
            f"{name} ещё не подтвердила, что прочла: {words.objects(on_the_way)}",
            f"{name} has not said yet that it has read {words.objects(on_the_way)}",
        )
        yield Wait(base.side, text, on_the_way, base.since)
    if base.unsent:
        yield Wait(base.side, _unsent(base, words), base.unsent, None)
    for file in base.unfinished:
        text = say(
            f"файл {file.name} ещё записывается",
            f"the file {file.name} is still being written",
        )
        yield Wait(base.side, text, 0, file.since)


def _unsent(base: BaseView, words: Words) -> str:
    text = words.say(
        f"ещё не отправлено: {words.objects(base.unsent)}",
        f"not sent yet: {words.objects(base.unsent)}",
    )
    if base.blocked:
        text += words.say(f", из них задержано {base.blocked}", f", of these held {base.blocked}")
    if base.obstacle is not None:
        text += words.say("; версия формата не согласована", "; no version of the format is agreed")
    elif base.greeting:
        text += words.say(
            "; пока в папке лежит наше приветствие", "; our greeting lies in the folder for now"
        )
    return text

"""Reading НазначениеПлатежа: which numbers and dates a payer names, and as what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from enum import Enum
from typing import NamedTuple

from converter.matching.numbers import Parts, fold, parts
from converter.matching.words import FILLERS, UNITS, Topic, topic_of


class Cue(Enum):
    """What made a number one that may be an invoice's, the strongest first."""

    INVOICE = "счёт"
    FACTURA = "счёт-фактура"
    SIGN = "№"
    WORD = "a word alone"


class Mention(NamedTuple):
    """A number that a payer names. ``shared``: its date stands behind a list of several."""

    cue: Cue
    number: Parts
    date: date | None = None
    shared: bool = False
    prefix_is_word: bool = False


class Purpose(NamedTuple):
    """What a payer says. ``dates`` are of invoices without a number; ``foreign``: the money is for
    something that has no invoice, such as a fine or a loan."""

    mentions: tuple[Mention, ...] = ()
    dates: tuple[date, ...] = ()
    contracts: tuple[Parts, ...] = ()
    foreign: bool = False


_MONTHS = ("ЯНВ", "ФЕВ", "МАР", "АПР", "МА", "ИЮН", "ИЮЛ", "АВГ", "СЕН", "ОКТ", "НОЯ", "ДЕК")
_MONTH = "ЯНВ|ФЕВ|МАР|АПР|МА[ЙЯ]|ИЮН|ИЮЛ|АВГ|СЕН|ОКТ|НОЯ|ДЕК"
_TOKEN = re.compile(
    rf"""
      (?P<date> (?<!\d) \d{{1,2}} (?P<dot>[./]) \d{{1,2}} (?P=dot) (?:\d{{4}}|\d{{2}}) (?!\d)
              | (?<!\d) \d{{1,2}} [ -] \d{{2}} [ -] 20\d{{2}} (?!\d)
              | (?<!\d) 20\d{{2}}-\d{{2}}-\d{{2}} (?!\d)
              | (?<!\d) \d{{1,2}} \s+ (?:{_MONTH})[А-Я]*\.? \s+ (?:\d{{4}}|\d{{2}}) (?!\d) )
    | (?P<period> (?<!\d) \d{{1,2}} [./] 20\d{{2}} (?!\d) )
    | (?P<money> \d+ (?: [ ']\d{{3}} )* [.,=] \d{{2}} (?!\d) (?=\s*(?:РУБ|Р\b|КОП))
               | \d{{3,}} [.,=] \d{{2}} (?!\d)
               | (?<!\d) \d{{1,3}} (?: [ '] \d{{3}} )+ (?: [.,=-] \d{{2}} )? (?!\d)
                 (?=\s*(?:РУБ|Р\b)) )
    | (?P<percent> \d+ (?:[.,]\d+)? \s* % )
    | (?P<sign> № | \# | (?<!\w) N[OО]? \.? (?= \s* \d | \s+\w ) | НОМЕР\w* )
    | (?P<word> [^\W_]+ (?: [-/\\] (?!\d{{1,2}}[.]\d{{1,2}}[.]\d) [^\W_]+ )* )
    | (?P<break> [;()] )
    """,
    re.VERBOSE,
)
#: what stands glued together: сч№12от02.03
_GLUED = re.compile(r"(?<=\d)(?=ОТ(?:\s|\d|$))|(?<=ОТ)(?=\d)")
#: documents whose own number may begin with СЧ- too
_NUMBERED = frozenset({Topic.FACTURA, Topic.CONTRACT, Topic.OTHER})
#: so much of a purpose is read; banks take 210 characters
_LONGEST = 2000
_KOPECKS = re.compile(r"\d{3,}-\d{2}")


class _Token(NamedTuple):
    kind: str
    text: str


def read(purpose: str | None) -> Purpose:
    """What a purpose says, by its words; nothing where there is none."""
    return Purpose() if not purpose else _Reader(_tokens(purpose)).read()


def _tokens(purpose: str) -> list[_Token]:
    text = _GLUED.sub(" ", fold(" ".join(purpose[:_LONGEST].split())))
    return [_Token(str(found.lastgroup), found.group()) for found in _TOKEN.finditer(text)]


class _Reader:
    """Goes through the words once; ``_topic`` is what the next number is."""

    def __init__(self, tokens: list[_Token]) -> None:
        self._tokens = tokens
        self._topic: Topic | None = None
        self._document: Topic | None = None  # the last topic that was not money
        self._numbered = False  # the topic has had a number
        self._strayed = False  # other words came since
        self._signed = False  # № stands just before
        self._list: list[Mention | date] = []
        self._mentions: list[Mention] = []
        self._dates: list[date] = []
        self._contracts: list[Parts] = []
        self._foreign = False

    def read(self) -> Purpose:
        for index, token in enumerate(self._tokens):
            after = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
            self._take(token, after)
        self._end_list()
        return Purpose(
            tuple(self._mentions), tuple(self._dates), tuple(self._contracts), self._foreign
        )

    def _take(self, token: _Token, after: _Token | None) -> None:
        if token.kind == "sign":
            self._signed = True
            return
        if token.kind == "date":
            self._date(token.text)
        elif token.kind == "word" and any(sign.isdigit() for sign in token.text):
            self._number(token.text, after)
        elif token.kind == "word":
            self._word(token.text)
        self._signed = False

    # -- words -----------------------------------------------------------------------------------

    def _word(self, word: str) -> None:
        topic = topic_of(word)
        if topic is Topic.FACTURA and self._topic is Topic.INVOICE and not self._numbered:
            self._topic = self._document = topic  # счет фактура, сч. ф.
        elif topic is Topic.INVOICE and self._topic is Topic.OTHER and not self._numbered:
            pass  # расчетный счет, лицевой счет
        elif topic is Topic.FOREIGN:
            self._foreign = True
        elif topic is not None:
            self._begin(topic)
        elif word not in FILLERS and word not in UNITS:
            self._stray()

    def _begin(self, topic: Topic) -> None:
        if topic is Topic.MONEY:
            self._topic = topic
            return
        if topic is not self._topic or topic is not Topic.INVOICE:
            self._end_list()
        self._topic = self._document = topic
        self._numbered = self._strayed = False

    def _stray(self) -> None:
        """A word of no meaning here: a list of numbers that had begun is over."""
        if self._topic is Topic.MONEY:
            return
        if self._numbered:
            self._end_list()
            self._topic = self._document = None
        self._strayed = True

    # -- numbers ---------------------------------------------------------------------------------

    def _number(self, word: str, after: _Token | None) -> None:
        found = parts(word)
        prefix = topic_of(found[0]) if found and not found[0].isdigit() else None
        awaited = self._signed or (
            self._topic is Topic.INVOICE and not self._numbered and not self._strayed
        )
        if prefix is Topic.INVOICE:
            if self._numbered or self._topic not in _NUMBERED:
                self._begin(Topic.INVOICE)
        elif prefix is not None and not awaited:
            self._begin(prefix)
            found = found[1:]
        elif not awaited and _is_measure(word, after):
            return
        if self._topic is Topic.MONEY:
            if not self._signed:
                return
            self._topic = self._document
        if self._topic is Topic.CONTRACT:
            self._contracts.append(found)
        elif self._topic is not Topic.OTHER:
            cue = self._cue(word)
            self._list.append(Mention(cue, found, prefix_is_word=prefix is Topic.INVOICE))
        self._numbered = True

    def _cue(self, word: str) -> Cue:
        if self._topic is Topic.INVOICE and (self._numbered or not self._strayed):
            return Cue.INVOICE
        if self._topic is Topic.FACTURA:
            return Cue.FACTURA
        lettered = word[0].isalpha() and word[-1].isdigit()
        return Cue.SIGN if self._signed or lettered else Cue.WORD

    # -- dates -----------------------------------------------------------------------------------

    def _date(self, text: str) -> None:
        day = _day(text)
        usual = self._topic in (Topic.INVOICE, Topic.FACTURA)
        if day is not None and (usual or (self._topic is None and self._list)):
            self._list.append(day)

    def _end_list(self) -> None:
        """Give each number of a list its date: the one behind it, before it, or at its place."""
        items, self._list = self._list, []
        numbers = [each for each in items if isinstance(each, Mention)]
        days = [each for each in items if not isinstance(each, Mention)]
        if not numbers:
            if self._document is Topic.INVOICE:
                self._dates += days
            return
        first = items.index(numbers[-1]) + 1
        if len(days) == len(numbers) and all(isinstance(each, Mention) for each in items[:first]):
            self._mentions += [
                each._replace(date=day) for each, day in zip(numbers, days, strict=True)
            ]
            return
        self._mentions += _dated(items)


def _is_measure(word: str, after: _Token | None) -> bool:
    """Whether a number counts something, or is money written with a dash."""
    counts = after is not None and after.kind == "word" and after.text in UNITS
    return counts or _KOPECKS.fullmatch(word) is not None


def _dated(items: list[Mention | date]) -> Iterator[Mention]:
    """Numbers with the dates around them; a date behind several is the last one's, and shared."""
    waiting: list[Mention] = []
    before: date | None = None
    for item in items:
        if isinstance(item, Mention):
            waiting.append(item._replace(date=before))
            before = None
        elif waiting:
            *others, last = waiting
            yield from (each if each.date else each._replace(date=item, shared=True)
                        for each in others)  # fmt: skip
            yield last._replace(date=item)
            waiting = []
        else:
            before = item
    yield from waiting


def _day(text: str) -> date | None:
    """A date as it was written; None where there is no such day."""
    found = re.findall(r"\d+|[А-Я]+", text)
    if len(found[0]) == 4:
        year, month, day = map(int, found)
    elif found[1].isdigit():
        day, month, year = map(int, found)
    else:
        day, year = int(found[0]), int(found[2])
        month = next(n for n, name in enumerate(_MONTHS, 1) if found[1].startswith(name))
    try:
        return date(year if year > 99 else 2000 + year, month, day)
    except ValueError:
        return None

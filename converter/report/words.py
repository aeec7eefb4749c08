"""How a page speaks: texts, money, dates and numbers as Russian and English readers write them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, tzinfo
from decimal import Decimal

from converter.problems import Problem, Said
from converter.problems.plurals import form
from converter.views.words import OBJECTS

#: a blank at which no line breaks
NB = "\u00a0"
_SIGNS = {"643": "₽", "840": "$", "978": "€", "156": "¥", "398": "₸"}
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def sentence(text: str) -> str:
    """A text with a capital letter at its beginning."""
    return text[:1].upper() + text[1:]


class Words:
    """The words of one page. ``zone`` is that of its reader, None for this computer's."""

    def __init__(self, lang: str, zone: tzinfo | None = None) -> None:
        self.lang = lang
        self._zone = zone

    def say(self, ru: str, en: str) -> str:
        """A text in the language of the page."""
        return (ru if self.lang == "ru" else en).replace("№ ", f"№{NB}")

    def word(self, words: Mapping[str, Said], name: str) -> str:
        """The word for a stable name; the name itself where there is none."""
        return self.say(*words[name]) if name in words else name

    def what(self, problem: Problem) -> str:
        """What is wrong, as a sentence."""
        return problem.what(self.lang)

    def cure(self, problem: Problem) -> str:
        """What to do about it, as a sentence."""
        return problem.cure(self.lang)

    def object(self, label: str) -> str:
        """An object as people call it: ``счёт на оплату № СЧ-1`` for ``Документ.СчетНаОплату № СЧ-1``."""
        kind, blank, rest = label.partition(" ")
        return f"{self.word(OBJECTS, kind)}{blank}{rest}".replace("№ ", f"№{NB}")

    # -- numbers ---------------------------------------------------------------------------------

    def number(self, count: int) -> str:
        """A whole number, in groups of three."""
        return f"{count:,}".replace(",", self.say(NB, ","))

    def money(self, amount: Decimal) -> str:
        """``1 234,50``, in English ``1,234.50``; with the minus of typographers."""
        text = f"{abs(amount):,.2f}"
        if self.lang == "ru":
            text = text.replace(",", NB).replace(".", ",")
        return f"−{text}" if amount < 0 else text

    def price(self, amount: Decimal, currency: str) -> str:
        """Money with its currency: ``1 234,50 ₽``."""
        return f"{self.money(amount)}{NB}{_SIGNS.get(currency, currency)}".rstrip(NB)

    def sign(self, currency: str) -> str:
        """The sign of a currency by its code, the code where there is none."""
        return _SIGNS.get(currency, currency)

    def counted(self, count: int, ru: tuple[str, str, str], en: tuple[str, str]) -> str:
        """A number with its noun; ``ru`` are the forms after 1, 2 and 5, ``en`` after 1 and 2."""
        return f"{self.number(count)}{NB}{form(self.lang, count, ru, en)}"

    def invoices(self, count: int) -> str:
        """``2 invoices``."""
        return self.counted(count, ("счёт", "счёта", "счетов"), ("invoice", "invoices"))

    def objects(self, count: int) -> str:
        """``2 objects``."""
        return self.counted(count, ("объект", "объекта", "объектов"), ("object", "objects"))

    # -- time ------------------------------------------------------------------------------------

    def local(self, moment: datetime) -> datetime:
        """A moment of the state, which is in UTC, as the reader's clock showed it."""
        return moment.replace(tzinfo=UTC).astimezone(self._zone)

    def date(self, day: datetime) -> str:
        """The date of a document, which needs no zone: ``28.11.2026``, ``28 Nov 2026``."""
        if self.lang == "ru":
            return f"{day:%d.%m.%Y}"
        return f"{day.day}{NB}{_MONTHS[day.month - 1]}{NB}{day.year:04}"

    def moment(self, moment: datetime) -> str:
        """A moment of the state for the reader, to the minute."""
        local = self.local(moment)
        return f"{self.date(local)}{NB}{local:%H:%M}"

    def lasting(self, time: timedelta) -> str:
        """How long, in its largest unit."""
        minutes = max(0, int(time.total_seconds() // 60))
        if minutes < 60:
            return f"{minutes}{NB}{self.say('мин', 'min')}"
        if minutes < 48 * 60:
            return f"{minutes // 60}{NB}{self.say('ч', 'h')}"
        days = minutes // (24 * 60)
        return self.counted(days, ("день", "дня", "дней"), ("day", "days"))

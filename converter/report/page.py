"""The whole page: one file that needs nothing from anywhere, and runs no script."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from pathlib import Path

from converter import __version__
from converter.report import exchange as exchanges
from converter.report.facts import Facts
from converter.report.hands import hands
from converter.report.ledger import InvoiceLedger, titles
from converter.report.markup import Html, closing, element, joined, opening, style_sheet
from converter.report.payments import unlinked
from converter.report.summary import summary
from converter.report.tables import section
from converter.report.words import Words

#: pieces of a page are handed over in lots of about so many characters
LOT = 1 << 16
_ICON = (
    "data:image/svg+xml,"
    "%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Crect width='16' height='16' rx='3' fill='%231f5f57'/%3E"
    "%3Cpath d='M4 6h8M10 4l2 2-2 2M12 10H4M6 8l-2 2 2 2' stroke='%23fff' fill='none'/%3E"
    "%3C/svg%3E"
)


def page(facts: Facts, words: Words, live: bool = False) -> Iterator[bytes]:
    """The page as UTF-8, piece by piece. ``live``: it is served, and can be asked for again."""
    lot: list[str] = []
    size = 0
    for part in _page(facts, words, live):
        lot.append(part)
        size += len(part)
        if size >= LOT:
            yield "".join(lot).encode()
            lot, size = [], 0
    yield "".join(lot).encode()


def policy(css: str) -> str:
    """What a browser may do with the page: use this style sheet and the icon, and nothing else."""
    digest = base64.b64encode(hashlib.sha256(css.encode()).digest()).decode()
    return (
        f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:;"
        " base-uri 'none'; form-action 'none'"
    )


def style(words: Words) -> str:
    """The style sheet, with the titles that a phone shows beside the cells of invoices."""
    names = "".join(
        f'--t{number}:"{column.title}";' for number, column in enumerate(titles(words), 1)
    )
    css = Path(__file__).with_name("style.css").read_text("utf-8")
    return f"{css}:root{{{names}}}\n"


def _page(facts: Facts, words: Words, live: bool) -> Iterator[str]:
    say, css = words.say, style(words)
    title = say("Обмен CRM и 1С:Бухгалтерии", "Exchange of CRM and 1C:Бухгалтерия")
    yield "<!DOCTYPE html>\n"
    yield opening("html", lang=words.lang)
    yield element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=policy(css)),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", f"{title}, {words.moment(facts.now)}"),
        element("link", rel="icon", href=_ICON),
        style_sheet(css),
    )
    yield "\n"
    yield opening("body")
    yield element("a", say("К содержанию", "To the contents"), class_="skip", href="#main")
    yield _header(title, facts, words, live)
    yield opening("main", id="main")
    yield element("h2", say("Главное", "The main figures"), class_="unseen")
    yield summary(facts, words)
    yield from _sections(facts, words)
    yield closing("main")
    yield _footer(facts, words)
    yield closing("body")
    yield closing("html")
    yield "\n"


def _header(title: str, facts: Facts, words: Words, live: bool) -> Html:
    say = words.say
    names = ", ".join(link.view.name for link in facts.links)
    when = say(f"на {words.moment(facts.now)}", f"as of {words.moment(facts.now)}")
    again = element("a", say("обновить", "refresh"), href="/") if live else None
    places = (
        ("hands", say("Требует внимания", "Needs attention")),
        ("overdue", say("Просрочено", "Overdue")),
        ("clients", say("По клиентам", "By client")),
        ("interests", say("По интересам", "By interest")),
        ("unlinked", say("Без счёта", "No invoice")),
        ("exchange", say("Обмен", "Exchange")),
        ("troubles", say("Ошибки", "Errors")),
    )
    links = joined([element("li", element("a", name, href=f"#{place}")) for place, name in places])
    return element(
        "header",
        element("h1", title),
        element("p", f"{names}, {when}", " · " if again else None, again, class_="note"),
        element("nav", element("ul", links), aria_label=say("Разделы", "Sections")),
    )


def _sections(facts: Facts, words: Words) -> Iterator[Html]:
    say, ledger = words.say, InvoiceLedger(facts, words)
    since = words.date(words.local(facts.lately))
    yield from section("hands", say("Требует внимания", "Needs attention"), hands(facts, words))
    yield from section("overdue", say("Просрочено", "Overdue"), ledger.overdue())
    yield from section(
        "clients",
        say("Счета по клиентам", "Invoices by client"),
        ledger.clients(),
        say(
            "Сверху те, кто должен больше. Название открывает счета.",
            "Those who owe most stand first. A name opens its invoices.",
        ),
    )
    yield from section(
        "interests", say("Счета по интересам", "Invoices by interest"), ledger.interests()
    )
    yield from section(
        "unlinked",
        say("Операции без счёта", "Operations without an invoice"),
        unlinked(facts, ledger, words),
        say(
            "Оплаты и отгрузки известных клиентов, для которых в БП не выбран счёт.",
            "Payments and shipments of known clients for which no invoice is chosen in BP.",
        ),
    )
    yield from section("exchange", say("Обмен", "Exchange"), exchanges.exchange(facts, words))
    yield from section(
        "troubles",
        say("Последние ошибки", "Last errors"),
        exchanges.troubles(facts, words),
        say(f"С {since}.", f"Since {since}."),
    )


def _footer(facts: Facts, words: Words) -> Html:
    parts = [words.say("Печатается то, что развёрнуто.", "What is unfolded is printed.")]
    if facts.since is not None:
        since = words.date(words.local(facts.since))
        text = words.say(
            f"Открытые счета здесь все, закрытые — с {since}.",
            f"All open invoices are here, closed ones since {since}.",
        )
        parts.insert(0, text)
    return element("footer", element("p", " ".join([*parts, f"converter {__version__}"])))

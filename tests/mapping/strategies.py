"""Random records of the CRM, within what its format and BP's fields can hold."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from converter.objects import (
    Account,
    Client,
    Contract,
    Counterparty,
    Currency,
    DocKey,
    Interest,
    Invoice,
    Item,
    Organisation,
    Party,
    Person,
    Row,
    Unit,
)

T = TypeVar("T")

#: rates that every version has a word for, and those that came with 1.17 (MAPPING §5)
OLD_RATES = (
    "НДС20",
    "НДС18",
    "НДС10",
    "НДС0",
    "БезНДС",
    "НДС20_120",
    "НДС18_118",
    "НДС10_110",
)
NEW_RATES = ("НДС22", "НДС7", "НДС5", "НДС22_122", "НДС7_107", "НДС5_105")
KINDS = st.sampled_from(["ЮридическоеЛицо", "ФизическоеЛицо"])

# A short alphabet keeps drawing and shrinking fast: what XML escapes, blanks of several kinds,
# both scripts, a combining accent, characters beyond the first 65,536 and the last valid ones.
_CHARACTERS = (
    "abZ019 абЯё«»№—.,;:=#%{}[]()/\\|`~"
    "\t\n\r<>&\"'"
    "\u00a0\u00ad\u0301\u200b\u2028\u3000\ufeff\ufffd\U0001f600\U0010fffd"
)
_AWKWARD = st.sampled_from(
    [
        "«Ромашка» & <сыновья> ]]>",
        'строка 1\nстрока 2\r\n\tи "кавычки"',
        "&amp; &lt;b&gt; &#13;",
        " пробелы по краям ",
        "<Не указан>",
    ]
)
_MARKED = st.sampled_from(
    [
        "[CRM]",
        "[CRM: отгрузка разрешена; интерес: чужой]",
        "до\n[CRM: отгрузка не разрешена]",
        "до\n[CRM]\nпосле",
        "не в начале: [CRM: x]",
        "не закрыто [CRM: x",
        "\n",
        "[CRM: раз]\n[CRM: два]\n",
    ]
)


def texts(limit: int = 20) -> SearchStrategy[str]:
    """A text that is not empty, awkward characters included."""
    return st.one_of(st.text(_CHARACTERS, min_size=1, max_size=limit), _AWKWARD)


def names() -> SearchStrategy[str]:
    """A text that is not blank, as a name must be."""
    return texts().filter(lambda text: text.strip(" \t\n\r") != "")


def codes(limit: int) -> SearchStrategy[str]:
    """A code: without blanks around it, as blanks are taken off."""
    return st.text("0123456789АБВ-/&<", min_size=1, max_size=limit)


def optional(strategy: SearchStrategy[T]) -> SearchStrategy[T | None]:
    """The value, or None."""
    return st.none() | strategy


def decimals(digits: int, fraction: int, least: int | None = None) -> SearchStrategy[Decimal]:
    """Numbers of a type such as 15,2: mostly everyday ones, and as long as the type allows."""
    bound = 10**digits - 1
    low = -bound if least is None else least
    whole = st.one_of(st.integers(max(low, -999), 10**7), st.integers(low, bound))
    return whole.map(lambda number: Decimal(number).scaleb(-fraction))


refs = st.uuids().map(str)
moments = st.datetimes(datetime(1, 1, 1), datetime(9999, 12, 31)).map(
    lambda moment: moment.replace(microsecond=0)
)
days = moments.map(lambda moment: moment.replace(hour=0, minute=0, second=0))
counts = st.integers(-(2**31), 2**31 - 1)
money = decimals(15, 2)
inns, kpps = optional(codes(12)), optional(codes(9))

organisations = st.builds(Organisation, optional(refs), names(), inns, kpps, KINDS)
parties = st.builds(Party, optional(refs), names(), optional(texts()), inns, kpps, KINDS)
clients = st.builds(Client, optional(refs), texts())
interests = st.builds(Interest, refs, optional(texts()), optional(moments), optional(texts()))
people = st.builds(Person, optional(refs), texts())
# A contract's date is held as a day; what becomes of its time of day is tested by itself.
contracts = st.builds(
    Contract, optional(refs), optional(texts()), optional(texts()), optional(days)
).filter(lambda contract: contract != Contract(None, None, None, None))
currencies = st.builds(
    Currency, st.sampled_from(["643", "840", "978", "156", "398"]), optional(texts())
)
accounts = st.builds(Account, codes(34), optional(codes(9)), optional(texts()))
units = st.builds(Unit, codes(5), optional(texts(10)))
items = st.builds(Item, optional(refs), names(), optional(codes(11)), optional(texts()))
keys = st.builds(DocKey, refs, moments, codes(11), organisations)
addresses = texts() | st.text(_CHARACTERS, min_size=240, max_size=250)
contents = texts() | st.just("Очень длинное содержание & <подробно>\n" * 26)


def rows(rates: tuple[str, ...], services: bool) -> SearchStrategy[tuple[Row, ...]]:
    """Up to three rows with different numbers."""
    row = st.builds(
        Row,
        item=items,
        characteristic=st.none() if services else optional(texts()),
        content=optional(contents) if services else st.none(),
        unit=st.none() if services else units,
        quantity=decimals(15, 3),
        price=money,
        sum=money,
        vat=optional(st.sampled_from(rates)),
        vat_sum=optional(money),
    )
    numbered = st.tuples(counts, row)
    return st.lists(numbered, max_size=3, unique_by=lambda pair: pair[0]).map(
        lambda pairs: tuple(_with_line(row, line) for line, row in pairs)
    )


def _with_line(row: Row, line: int) -> Row:
    return Row(
        line,
        row.item,
        row.characteristic,
        row.content,
        row.unit,
        row.quantity,
        row.price,
        row.sum,
        row.vat,
        row.vat_sum,
    )


def invoices(rates: tuple[str, ...]) -> SearchStrategy[Invoice]:
    """Invoices with every optional field there or not, with VAT rates out of those given."""
    return st.builds(
        Invoice,
        key=keys,
        party=parties,
        currency=currencies,
        total=money,
        interest=optional(interests),
        client=optional(clients),
        contract=optional(contracts),
        manager=optional(people),
        rate=optional(decimals(10, 4)),
        multiplicity=optional(counts),
        vat_included=optional(st.booleans()),
        pay_by=optional(moments),
        may_ship=optional(st.booleans()),
        account=optional(accounts),
        address=optional(addresses),
        comment=optional(texts(60) | _MARKED),
        goods=rows(rates, services=False),
        services=rows(rates, services=True),
    )


counterparties = st.builds(
    Counterparty,
    key=st.builds(Party, refs, names(), optional(texts()), inns, kpps, KINDS),
    client=optional(clients),
    phone=optional(texts()),
    email=optional(texts()),
    legal_address=optional(texts()),
    actual_address=optional(texts()),
    account=optional(accounts),
    comment=optional(texts()),
)

"""VAT rates: the CRM format has words, EnterpriseData words or, since 1.17, a key (MAPPING §5)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

from lxml import etree
from msgspec import Struct

from converter.formats import Dialect
from converter.formats.notation import Field, Scalar
from converter.values import code, flag, number

KOPECK = Decimal("0.01")


class Rate(Struct, frozen=True):
    """A rate: percent, whether it is a calculated one (22/122), free of VAT, and its kind in 1.17+."""

    percent: int
    calculated: bool
    free: bool
    kind: str


RATES = {
    "НДС22": Rate(22, False, False, "Общая"),
    "НДС20": Rate(20, False, False, "Общая"),
    "НДС18": Rate(18, False, False, "Общая"),
    "НДС10": Rate(10, False, False, "Пониженная"),
    "НДС7": Rate(7, False, False, "Пониженная"),
    "НДС5": Rate(5, False, False, "Пониженная"),
    "НДС0": Rate(0, False, False, "Нулевая"),
    "БезНДС": Rate(0, False, True, "БезНДС"),
    "НДС22_122": Rate(22, True, False, "ОбщаяРасчетная"),
    "НДС20_120": Rate(20, True, False, "ОбщаяРасчетная"),
    "НДС18_118": Rate(18, True, False, "ОбщаяРасчетная"),
    "НДС10_110": Rate(10, True, False, "ПониженнаяРасчетная"),
    "НДС7_107": Rate(7, True, False, "ПониженнаяРасчетная"),
    "НДС5_105": Rate(5, True, False, "ПониженнаяРасчетная"),
}

_WITHOUT_PERCENT = {"Нулевая": "НДС0", "БезНДС": "БезНДС"}

_BY_VALUE = {(rate.percent, rate.calculated): name for name, rate in RATES.items() if not rate.free}


def vat_of(sum: Decimal, name: str, included: bool) -> Decimal:
    """The VAT of a row's sum by a rate, to the kopeck, half up; inside the sum or on top of it."""
    percent = RATES[name].percent
    base = 100 + percent if included else 100
    return (sum * percent / base).quantize(KOPECK, ROUND_HALF_UP)


@cache
def sayable(dialect: Dialect) -> frozenset[str]:
    """The rates that a version has a word for (SPEC §2: another is never written instead)."""
    words = dialect.view.types.get("СтавкиНДС")
    if isinstance(words, Scalar):
        return frozenset(RATES).intersection(words.words)
    return frozenset(RATES)


class _VatRate:
    """СтавкаНДС, which changed from a word to a key in 1.17.

    Read, a rate that the CRM format has no word for comes out under the name that EnterpriseData
    would give it; whoever passes it on takes it out and warns.
    """

    def reader(self, field: Field) -> Callable[[etree._Element], str | None]:
        return code if isinstance(field.type, Scalar) else _read_key

    def writer(self, field: Field, tabs: str) -> Callable[[str], str]:
        write = _word if isinstance(field.type, Scalar) else _key
        return {name: write(field.name, name, tabs) for name in RATES}.__getitem__


VAT = _VatRate()


def _read_key(element: etree._Element) -> str | None:
    percent = calculated = free = kind = None
    for child in element:
        name = etree.QName(child).localname
        if name == "Ставка":
            percent = number(child)
        elif name == "РасчетнаяСтавка":
            calculated = flag(child)
        elif name == "НеОблагается":
            free = flag(child)
        elif name == "ВидСтавки":
            kind = child.text
    if free:
        return "БезНДС"
    if percent is None:
        return _WITHOUT_PERCENT.get(kind, f"НДС ({kind})") if kind else None
    whole = int(percent)
    known = _BY_VALUE.get((whole, bool(calculated))) if whole == percent else None
    if known is not None:
        return known
    shown = percent.normalize()
    return f"НДС{shown:f}_{100 + shown:f}" if calculated else f"НДС{shown:f}"


def _word(element: str, name: str, tabs: str) -> str:
    return f"{tabs}<{element}>{name}</{element}>\n"


def _key(element: str, name: str, tabs: str) -> str:
    rate = RATES[name]
    inner = (
        ("Ставка", str(rate.percent)),
        ("РасчетнаяСтавка", "true" if rate.calculated else "false"),
        ("НеОблагается", "true" if rate.free else "false"),
        ("ВидСтавки", rate.kind),
    )
    lines = "".join(f"{tabs}\t<{tag}>{text}</{tag}>\n" for tag, text in inner)
    return f"{tabs}<{element}>\n{lines}{tabs}</{element}>\n"

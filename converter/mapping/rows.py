"""What EnterpriseData may leave out and the CRM format needs, in rows, currencies and accounts."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from msgspec.structs import replace

from converter.formats import Dialect
from converter.formats.notation import Group
from converter.mapping.classifiers import CURRENCY_NAMES, currency_code, unit_code
from converter.mapping.vat import KOPECK, RATES
from converter.objects import Account, Currency, Item, Row, Unit
from converter.problems import Problem
from converter.problems import catalogue as say

GRAM = Decimal("0.001")
#: what a number of the CRM format has room for, and how large one is that may have no room
DIGITS, LARGE = 15, Decimal(10) ** 12
ADDRESS_LIMIT = 250
CONTENT_LIMIT = 1000


def complete(rows: tuple[Row, ...], part: str) -> tuple[tuple[Row, ...], list[Problem]]:
    """Rows as the CRM needs them (MAPPING §3): number, price and sum filled in from one another.

    ``part`` is Товары or Услуги. A rate that the CRM format cannot say is left out, with a warning.
    """
    problems: list[Problem] = []
    made = tuple(_complete(row, index, part, problems) for index, row in enumerate(rows, 1))
    return made, problems


def _complete(row: Row, position: int, part: str, problems: list[Problem]) -> Row:
    number = row.line if row.line is not None else position
    vat = row.vat
    if vat is not None and vat not in RATES:
        problems.append(say.VAT_UNKNOWN(f"{part}/Строка[{number}]/СтавкаНДС", value=vat))
        vat = None
    unit, found = complete_unit(row.unit, f"{part}/Строка[{number}]/ЕдиницаИзмерения")
    problems += found
    price, sum, quantity = row.price, sum_of(row), row.quantity
    if price is None and sum is not None and quantity:
        price = (sum / quantity).quantize(KOPECK, ROUND_HALF_UP)
    if quantity is None and sum is not None and price:
        quantity = (sum / price).quantize(GRAM, ROUND_HALF_UP)
    where = f"{part}/Строка[{number}]"
    problems += too_long(quantity, f"{where}/Количество", GRAM)
    for value, field in ((price, "Цена"), (sum, "Сумма"), (row.vat_sum, "СуммаНДС")):
        problems += too_long(value, f"{where}/{field}")
    item = row.item
    content = row.content or None
    if item is None and content is not None:
        item = Item(None, content, None, None)
    return Row(
        number, item, row.characteristic, content, unit, quantity, price, sum, vat, row.vat_sum,
        None, row.order, row.activity,
    )  # fmt: skip


def too_long(value: Decimal | None, field: str, step: Decimal = KOPECK) -> Iterator[Problem]:
    """Told of a number of BP's that the CRM format has no room for: it counts in kopecks or grams,
    in 15 digits."""
    if value is None or (not value % step and abs(value) < LARGE):
        return
    figures = max(len(value.normalize().as_tuple().digits), value.adjusted() + 1)
    if value % step or figures > DIGITS:
        room = f"{DIGITS},{len(str(step)) - len('0.')}"
        yield say.DIGITS_TOO_MANY(field, value=value, expected=room)


def sum_of(row: Row) -> Decimal | None:
    """A row's sum: as it says, else price by quantity."""
    if row.sum is not None or row.price is None or row.quantity is None:
        return row.sum
    return (row.price * row.quantity).quantize(KOPECK, ROUND_HALF_UP)


def code_of(currency: Currency | None) -> str | None:
    """A currency's ОКВ code, by its name where it has none."""
    return None if currency is None else currency.code or currency_code(currency.name)


def complete_unit(unit: Unit | None, field: str) -> tuple[Unit | None, list[Problem]]:
    """A unit with its code: by its name where it has none, else the name in its place."""
    if unit is None or unit.code is not None:
        return unit, []
    if unit.name is None:
        return None, []
    code = unit_code(unit.name)
    if code is not None:
        return Unit(code, unit.name), []
    return Unit(unit.name, unit.name), [say.UNIT_BY_NAME(field, value=unit.name)]


def complete_currency(currency: Currency, field: str) -> tuple[Currency, list[Problem]]:
    """A currency with its code, by its name where it has none; held where that is not known."""
    if currency.code is not None:
        return currency, []
    code = code_of(currency)
    if code is None:
        return currency, [say.CURRENCY_UNKNOWN(field, value=currency.name or "")]
    return Currency(code, currency.name), []


def default_currency_name(currency: Currency, dialect: Dialect) -> Currency:
    """A currency with a name where the version demands one (MAPPING §1)."""
    if currency.name is not None or not _demands(dialect, "КлючевыеСвойстваВалюта", "Наименование"):
        return currency
    code = currency.code or ""
    return replace(currency, name=CURRENCY_NAMES.get(code, code))


def fit_account(account: Account | None, dialect: Dialect) -> Account | None:
    """An account whose bank the version can hold: where it demands a БИК, no bank goes without."""
    if account is None or account.bic or not _demands(dialect, "КлючевыеСвойстваБанк", "БИК"):
        return account
    return replace(account, bank=None)


def _demands(dialect: Dialect, type_name: str, field: str) -> bool:
    group = dialect.view.types[type_name]
    found = group.by_name.get(field) if isinstance(group, Group) else None
    return found is not None and found.least > 0

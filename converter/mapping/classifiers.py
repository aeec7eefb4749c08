"""The codes of currencies (ОКВ) and units (ОКЕИ) that a name or a default is needed for."""

from __future__ import annotations

# What 1.3-1.6 get where the CRM sends a code alone (MAPPING §1), and back.
CURRENCY_NAMES = {"643": "руб.", "840": "USD", "978": "EUR", "156": "CNY"}

#: codes that ОКВ has given up, and what stands for them since
REPLACED_CURRENCIES = {"810": "643", "974": "933"}

_CURRENCIES = {
    "643": ("руб", "rub", "rur", "российский рубль", "₽"),
    "840": ("usd", "доллар сша", "долл", "$"),
    "978": ("eur", "евро", "€"),
    "156": ("cny", "юань", "китайский юань"),
    "398": ("kzt", "тенге"),
    "933": ("byn", "белорусский рубль"),
}

_UNITS = {
    "006": ("м", "метр"),
    "018": ("пог м", "погонный метр"),
    "055": ("м2", "м²", "кв м", "квадратный метр"),
    "112": ("л", "литр"),
    "113": ("м3", "м³", "куб м", "кубический метр"),
    "163": ("г", "грамм"),
    "166": ("кг", "килограмм"),
    "168": ("т", "тонна"),
    "356": ("ч", "час"),
    "359": ("сут", "день", "дн"),
    "362": ("мес", "месяц"),
    "642": ("ед", "единица"),
    "715": ("пар", "пара"),
    "736": ("рул", "рулон"),
    "778": ("упак", "упаковка"),
    "796": ("шт", "штука"),
    "839": ("компл", "комплект"),
    "876": ("усл ед", "условная единица"),
}


def _by_name(table: dict[str, tuple[str, ...]]) -> dict[str, str]:
    return {name: code for code, names in table.items() for name in names}


_CURRENCY_CODES = _by_name(_CURRENCIES)
_UNIT_CODES = _by_name(_UNITS)


def currency_code(name: str | None) -> str | None:
    """The ОКВ code of a currency's name, None where it is not known."""
    return _CURRENCY_CODES.get(_plain(name)) if name else None


def unit_code(name: str | None) -> str | None:
    """The ОКЕИ code of a unit's name, None where it is not known."""
    return _UNIT_CODES.get(_plain(name)) if name else None


def _plain(name: str) -> str:
    return " ".join(name.lower().replace(".", " ").split())

"""What makes a problem and what mends it, as one line of a message or of the settings each."""

from __future__ import annotations

from typing import NamedTuple


class Example(NamedTuple):
    """``wrong`` causes the problem where ``right`` stood; a test tries both."""

    wrong: str
    right: str


#: lines of samples/crm-explained.xml
OF_MESSAGES = {
    "FIELD_MISSING": Example("<Сумма/>", "<Сумма>14030</Сумма>"),
    "VALUE_INVALID": Example("<Дата>02.03.2026</Дата>", "<Дата>2026-03-02T09:10:00</Дата>"),
    "VALUE_NOT_LISTED": Example("<СтавкаНДС>22%</СтавкаНДС>", "<СтавкаНДС>НДС22</СтавкаНДС>"),
    "DIGITS_TOO_MANY": Example("<Цена>5000.005</Цена>", "<Цена>5000</Цена>"),
    "REF_NOT_GUID": Example(
        "<Ссылка>4711</Ссылка>", "<Ссылка>5e3b7f60-2a44-4d7e-9d0c-7c1f4b8a9e02</Ссылка>"
    ),
    "NUMBER_TOO_LONG": Example("<Номер>СЧЕТ-2026-00051</Номер>", "<Номер>СЧ-00000051</Номер>"),
    "SUM_NOT_ROWS": Example("<Сумма>11500</Сумма>", "<Сумма>14030</Сумма>"),
    "INN_WRONG": Example("<ИНН>9988002025</ИНН>", "<ИНН>9988002026</ИНН>"),
    "BIC_WRONG": Example("<БИК>149999652</БИК>", "<БИК>049999652</БИК>"),
    "KPP_WRONG": Example("<КПП>99880100</КПП>", "<КПП>998801002</КПП>"),
    "QUANTITY_ZERO": Example("<Количество>0</Количество>", "<Количество>2</Количество>"),
    "ROW_SUM": Example("<Цена>5001</Цена>", "<Цена>5000</Цена>"),
    "ROW_VAT": Example("<СуммаНДС>2000</СуммаНДС>", "<СуммаНДС>2200</СуммаНДС>"),
    "VAT_ABSENT": Example("<!-- СтавкаНДС -->", "<СтавкаНДС>НДС22</СтавкаНДС>"),
    "ELEMENT_UNKNOWN": Example(
        "<Примечание>Позвонить за час до приезда</Примечание>",
        "<Комментарий>Позвонить за час до приезда</Комментарий>",
    ),
    "FORMAT_MISMATCH": Example(
        '<Body xmlns="urn:enterprisedata-converter:crm:0.9">',
        '<Body xmlns="urn:enterprisedata-converter:crm:1.0">',
    ),
}

#: lines of the settings that ``converter init`` writes
OF_SETTINGS = {
    "SETTINGS_TOML": Example("folder = exchange/crm", 'folder = "exchange/crm"'),
    "SETTINGS_BACKSLASH": Example('folder = "D:\\обмен\\bp"', "folder = 'D:\\обмен\\bp'"),
    "SETTING_UNKNOWN": Example('foldr = "exchange/crm"', 'folder = "exchange/crm"'),
    "SETTING_TYPE": Example('settle = "60"', "settle = 60"),
    "SETTING_PASSWORD": Example('password = "сезам"', 'password_env = "BP_ZIP_PASSWORD"'),
}

EXAMPLES = {**OF_MESSAGES, **OF_SETTINGS}

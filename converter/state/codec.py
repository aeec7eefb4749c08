"""Records as bytes, by the kind of object."""

from __future__ import annotations

from typing import Any

import msgspec

from converter.objects import (
    AccountCard,
    BookOperation,
    ContractCard,
    Counterparty,
    CurrencyCard,
    Invoice,
    InvoiceState,
    ItemCard,
    OrganisationCard,
    Party,
    TradeOperation,
    UnitCard,
)

INVOICE = "Документ.СчетНаОплату"
COUNTERPARTY = "Справочник.Контрагенты"
CONTRACT = "Справочник.Договоры"
OPERATION = "Документ.ТорговаяОперация"
STATE = "СостояниеСчета"

#: the record of each kind
RECORDS: dict[str, type[Any]] = {
    INVOICE: Invoice,
    COUNTERPARTY: Counterparty,
    CONTRACT: ContractCard,
    OPERATION: TradeOperation,
    STATE: InvoiceState,
    "Справочник.Организации": OrganisationCard,
    "Справочник.Номенклатура": ItemCard,
    "Справочник.БанковскиеСчета": AccountCard,
    "Справочник.Валюты": CurrencyCard,
    "Справочник.ЕдиницыИзмерения": UnitCard,
}

encode = msgspec.msgpack.Encoder().encode
_decoders = {kind: msgspec.msgpack.Decoder(record).decode for kind, record in RECORDS.items()}
decode_book_operation = msgspec.msgpack.Decoder(BookOperation).decode
decode_party = msgspec.msgpack.Decoder(Party).decode


def decode(kind: str, data: bytes) -> Any:
    """The record of an object of that kind."""
    return _decoders[kind](data)


def as_values(record: Any) -> Any:
    """A record as values that JSON can hold; money stays text."""
    return msgspec.to_builtins(record)

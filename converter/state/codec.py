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


class _Encoder:
    """Encodes records. The last one is remembered: it is kept in several tables, one by one."""

    def __init__(self) -> None:
        self._encode = msgspec.msgpack.Encoder().encode
        self._last: tuple[Any, bytes] = (None, self._encode(None))

    def __call__(self, record: Any) -> bytes:
        """A record as bytes."""
        last, data = self._last
        if record is not last:
            data = self._encode(record)
            self._last = (record, data)
        return data


encode = _Encoder()

_decoders = {kind: msgspec.msgpack.Decoder(record).decode for kind, record in RECORDS.items()}
decode_book_operation = msgspec.msgpack.Decoder(BookOperation).decode
decode_party = msgspec.msgpack.Decoder(Party).decode


def decode(kind: str, data: bytes) -> Any:
    """The record of an object of that kind."""
    return _decoders[kind](data)


def as_values(record: Any) -> Any:
    """A record as values that JSON can hold; money stays text."""
    return msgspec.to_builtins(record)

"""A ledger for the tests of links: invoices and operations that are known, nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace

from converter.mapping.links import Invoiced, InvoiceFacts, recognise
from converter.objects import Currency, DocKey, Interest, Organisation, Party
from tests.mapping.book import BUYER, FOREIGN_INVOICE, INVOICE, OTHER_INVOICE, SELLER

ORGANISATION = Organisation(
    SELLER, "Выдуманная мебель ООО", "9988001015", "998801001", "ЮридическоеЛицо"
)
PARTY = Party(
    BUYER, "Пример-Строй ООО", "ООО «Пример-Строй»", "9988002026", "998801002", "ЮридическоеЛицо"
)
INVOICE_KEY = DocKey(INVOICE, datetime(2026, 2, 11, 10), "СЧ-1", ORGANISATION)
OTHER_KEY = replace(INVOICE_KEY, ref=OTHER_INVOICE, number="СЧ-2")
FOREIGN_KEY = replace(INVOICE_KEY, ref=FOREIGN_INVOICE, number="БП-99")
RUBLES, DOLLARS = Currency("643", "руб."), Currency("840", "USD")


def facts(
    ref: str | None = INVOICE,
    number: str = "СЧ-1",
    currency: str | None = "643",
    party: Party | None = PARTY,
    interest: Interest | None = None,
    organisation: Organisation = ORGANISATION,
    date: datetime = INVOICE_KEY.date,
) -> InvoiceFacts:
    """What is known of an invoice of the CRM's."""
    return InvoiceFacts(DocKey(ref, date, number, organisation), currency, party, interest)


class Known:
    """Everything is read already: what is not here does not exist."""

    def __init__(
        self,
        invoices: Sequence[InvoiceFacts] = (),
        operations: Mapping[str, tuple[InvoiceFacts, ...]] | None = None,
        open: bool = False,
    ) -> None:
        self.invoices = invoices
        self.operations = operations or {}
        self.open = open

    def invoice(self, pointer: DocKey, party: Party | None) -> InvoiceFacts | None:
        return recognise(pointer, party, self._by_ref, self._by_number)

    def operation(self, pointer: DocKey) -> Invoiced | None:
        found = self.operations.get(pointer.ref or "")
        return None if found is None else Invoiced(found)

    def _by_ref(self, ref: str) -> InvoiceFacts | None:
        return next((each for each in self.invoices if (each.key.ref or "").lower() == ref), None)

    def _by_number(self, key: DocKey) -> list[InvoiceFacts]:
        return [
            each
            for each in self.invoices
            if (each.key.number, each.key.date) == (key.number, key.date)
        ]

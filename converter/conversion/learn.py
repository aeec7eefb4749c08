"""Reading messages for what they tell of others: ``--known``, and links from file to file."""

from __future__ import annotations

from lxml import etree

from converter.conversion.ledger import MessageLedger, Postponed
from converter.conversion.settle import Settler
from converter.envelope.reader import Reader
from converter.formats import Dialect
from converter.mapping.crm import PLAIN, CrmFormat
from converter.mapping.deletion import COUNTERPARTY as COUNTERPARTY_TYPE
from converter.mapping.deletion import INVOICE as INVOICE_TYPE
from converter.mapping.invoice import INVOICE
from converter.mapping.links import Links, is_current
from converter.mapping.operation import BY_ELEMENT
from converter.mapping.reading import reader
from converter.objects import BookOperation, Counterparty, Invoice
from converter.values import Absent, Unreadable


def learn_crm_message(message: Reader, ledger: MessageLedger, crm: CrmFormat = PLAIN) -> None:
    """Remember a CRM's invoices, each as its last version, and its counterparties."""
    for element in message:
        kind = crm.own.get(_name(element, crm.dialect))
        if kind not in (INVOICE_TYPE, COUNTERPARTY_TYPE):
            continue
        try:
            record, _ = crm.read(kind, element)
            if isinstance(record, Invoice):
                ledger.learn_invoice(record, last=True)
                ledger.learn_party(record.party)
            elif isinstance(record, Counterparty):
                ledger.learn_party(record.key)
        except (Absent, Unreadable):
            continue  # what BP never got is not known


class BookLearner:
    """Reads several messages of BP ahead of their conversion; `finish` after the last."""

    def __init__(self, ledger: MessageLedger) -> None:
        self._ledger = ledger
        self._settler = Settler(ledger, _nothing)

    def take(self, message: Reader, dialect: Dialect) -> None:
        """Remember the invoices and the operations of one message."""
        for element in message:
            name = _name(element, dialect)
            try:
                if name == INVOICE.bp and not self._ledger.known:
                    invoice: Invoice = reader(INVOICE, dialect)(element)
                    self._ledger.learn_invoice(invoice, last=False)
                elif name in BY_ELEMENT:
                    operation: BookOperation = reader(BY_ELEMENT[name].table, dialect)(element)
                    if is_current(operation.state):
                        self._settler.take(Postponed(name, element.sourceline or 0, operation))
            except (Absent, Unreadable):
                continue  # said when the message itself is converted

    def finish(self) -> None:
        """The last message is read: operations that still wait have no invoice."""
        self._settler.finish()


def _name(element: etree._Element, dialect: Dialect) -> str:
    name = etree.QName(element)
    return name.localname if name.namespace == dialect.namespace else ""


def _nothing(operation: Postponed, links: Links) -> None:
    return None

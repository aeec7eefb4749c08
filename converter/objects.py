"""What messages are about, as typed frozen values between the two formats.

Field by field they follow the CRM format (SPEC §3); what only BP says is at the end of each
record. Money, prices and quantities are `Decimal`, moments are `datetime` without a zone, ``ref``
is a GUID as it stands in the message. None means: not said.
"""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct


class Organisation(Struct, frozen=True, gc=False, omit_defaults=True):
    """Организация: the seller. ``kind`` is ЮридическоеЛицо or ФизическоеЛицо."""

    ref: str | None
    name: str
    inn: str | None
    kpp: str | None
    kind: str


class Party(Struct, frozen=True, gc=False, omit_defaults=True):
    """Контрагент: the legal person that an invoice is made out to."""

    ref: str | None
    name: str
    full_name: str | None
    inn: str | None
    kpp: str | None
    kind: str


class Client(Struct, frozen=True, gc=False, omit_defaults=True):
    """Клиент: how the CRM calls the customer; BP has no place for it."""

    ref: str | None
    name: str


class Interest(Struct, frozen=True, gc=False, omit_defaults=True):
    """Интерес: the deal that an invoice belongs to in the CRM."""

    ref: str
    number: str | None
    date: datetime | None
    subject: str | None


class Person(Struct, frozen=True, gc=False, omit_defaults=True):
    """Менеджер, Ответственный: a user."""

    ref: str | None
    name: str


class Contract(Struct, frozen=True, gc=False, omit_defaults=True):
    """Договор, as an invoice or an operation names it."""

    ref: str | None
    name: str | None
    number: str | None
    date: datetime | None


class Currency(Struct, frozen=True, gc=False, omit_defaults=True):
    """Валюта: ``code`` is of ОКВ, such as 643."""

    code: str | None
    name: str | None


class Account(Struct, frozen=True, gc=False, omit_defaults=True):
    """БанковскийСчет: a number and its bank."""

    number: str | None
    bic: str | None
    bank: str | None


class Unit(Struct, frozen=True, gc=False, omit_defaults=True):
    """ЕдиницаИзмерения: ``code`` is of ОКЕИ, such as 796."""

    code: str | None
    name: str | None


class Item(Struct, frozen=True, gc=False, omit_defaults=True):
    """Номенклатура: goods or a service."""

    ref: str | None
    name: str
    code: str | None
    article: str | None


class DocKey(Struct, frozen=True, gc=False, omit_defaults=True):
    """The key of a document: what a pointer to it holds."""

    ref: str | None
    date: datetime
    number: str
    organisation: Organisation


def ref_of(key: DocKey | Contract) -> str:
    """The ref under which is remembered what a key names: its GUID in small letters; none is empty."""
    return (key.ref or "").lower()


class Row(Struct, frozen=True, gc=False, omit_defaults=True):
    """A row of goods or services. ``content`` only in services, ``unit`` only in goods."""

    line: int | None = None
    item: Item | None = None
    characteristic: str | None = None
    content: str | None = None
    unit: Unit | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None
    sum: Decimal | None = None
    vat: str | None = None
    vat_sum: Decimal | None = None
    stock: str | None = None
    order: DocKey | None = None
    activity: str | None = None


class Property(Struct, frozen=True, gc=False, omit_defaults=True):
    """One row of ДополнительныеРеквизиты: a text or a yes-or-no under a name."""

    name: str
    text: str | None
    flag: bool | None
    extra: bool | None


class Invoice(Struct, frozen=True, gc=False, omit_defaults=True):
    """Документ.СчетНаОплату, in BP Документ.ЗаказКлиента."""

    key: DocKey
    party: Party
    currency: Currency
    total: Decimal | None = None
    interest: Interest | None = None
    client: Client | None = None
    contract: Contract | None = None
    manager: Person | None = None
    rate: Decimal | None = None
    multiplicity: int | None = None
    vat_included: bool | None = None
    pay_by: datetime | None = None
    may_ship: bool | None = None
    account: Account | None = None
    address: str | None = None
    comment: str | None = None
    goods: tuple[Row, ...] = ()
    services: tuple[Row, ...] = ()
    properties: tuple[Property, ...] = ()
    state: str | None = None

    @property
    def rows(self) -> tuple[Row, ...]:
        """Goods, then services."""
        return self.goods + self.services


class Contact(Struct, frozen=True, gc=False, omit_defaults=True):
    """One row of КонтактнаяИнформация: its kind and 1C's text for it."""

    kind: str
    fields: str | None
    value: str | None


class Counterparty(Struct, frozen=True, gc=False, omit_defaults=True):
    """Справочник.Контрагенты."""

    key: Party
    client: Client | None = None
    phone: str | None = None
    email: str | None = None
    legal_address: str | None = None
    actual_address: str | None = None
    account: Account | None = None
    comment: str | None = None
    contacts: tuple[Contact, ...] = ()


class ContractCard(Struct, frozen=True, gc=False, omit_defaults=True):
    """Справочник.Договоры: made from an invoice, or said by a side that speaks EnterpriseData.

    ``kind`` is ВидДоговора; None means that of an invoice, СПокупателем.
    """

    key: Contract
    organisation: Organisation
    party: Party
    currency: Currency | None
    kind: str | None = None


class OrganisationCard(Struct, frozen=True, gc=False, omit_defaults=True):
    """Справочник.Организации."""

    key: Organisation
    full_name: str | None


class ItemCard(Struct, frozen=True, gc=False, omit_defaults=True):
    """Справочник.Номенклатура."""

    key: Item
    type: str
    unit: Unit | None
    vat: str | None
    description: str | None


class AccountCard(Struct, frozen=True, gc=False, omit_defaults=True):
    """Справочник.БанковскиеСчета: an organisation's account, or another owner's."""

    ref: str | None
    number: str | None
    bic: str | None
    bank: str | None
    currency: Currency | None
    organisation: Organisation | None


class CurrencyCard(Struct, frozen=True, gc=False, omit_defaults=True):
    """Справочник.Валюты."""

    ref: str | None
    code: str | None
    name: str | None


class UnitCard(Struct, frozen=True, gc=False, omit_defaults=True):
    """Справочник.ЕдиницыИзмерения."""

    ref: str | None
    code: str | None
    name: str | None


class Deletion(Struct, frozen=True, gc=False, omit_defaults=True):
    """УдалениеОбъекта: ``type`` is the CRM format's element name of the deleted object, ``element``
    the name that EnterpriseData has for a reference to it."""

    type: str
    ref: str
    element: str | None = None


class PaymentRow(Struct, frozen=True, gc=False, omit_defaults=True):
    """A row of РасшифровкаПлатежа: what is paid, and for what.

    ``seller`` and ``buyer`` are whose the contract is; BP says them and nobody asks.
    """

    sum: Decimal
    order: DocKey | None = None
    settled_object: DocKey | None = None
    settled_document: DocKey | None = None
    settled_sum: Decimal | None = None
    vat_sum: Decimal | None = None
    contract: Contract | None = None
    currency: Currency | None = None
    rate: Decimal | None = None
    multiplicity: int | None = None
    seller: Organisation | None = None
    buyer: Party | None = None


class BookOperation(Struct, frozen=True, gc=False, omit_defaults=True):
    """A payment or a shipment as BP tells it, its invoices not yet found.

    ``order`` is the document's own pointer, ``shipment`` what a return gives back. What stands
    last is read only for a CRM that gets the document itself.
    """

    key: DocKey
    currency: Currency
    party: Party | None = None
    contract: Contract | None = None
    total: Decimal | None = None
    vat_included: bool | None = None
    settlement: str | None = None
    card_kind: str | None = None
    statement_date: datetime | None = None
    incoming_number: str | None = None
    incoming_date: datetime | None = None
    purpose: str | None = None
    responsible: Person | None = None
    comment: str | None = None
    order: DocKey | None = None
    shipment: DocKey | None = None
    goods: tuple[Row, ...] = ()
    services: tuple[Row, ...] = ()
    payments: tuple[PaymentRow, ...] = ()
    state: str | None = None
    work: str | None = None
    settled_in: Currency | None = None
    rate: Decimal | None = None
    multiplicity: int | None = None
    account: Account | None = None
    payment_order: DocKey | None = None


class Share(Struct, frozen=True, gc=False, omit_defaults=True):
    """A row of Счета: how much of an operation belongs to one invoice, in its currency."""

    invoice: DocKey
    interest: Interest | None
    sum: Decimal
    vat_sum: Decimal | None


class TradeOperation(Struct, frozen=True, gc=False, omit_defaults=True):
    """Документ.ТорговаяОперация: a payment or a shipment as the CRM hears of it.

    ``document`` is the same as a document of EnterpriseData, for a CRM that speaks it.
    """

    key: DocKey
    kind: str
    party: Party
    contract: Contract | None
    currency: Currency
    total: Decimal
    statement_date: datetime | None
    incoming_number: str | None
    incoming_date: datetime | None
    purpose: str | None
    responsible: Person | None
    comment: str | None
    shares: tuple[Share, ...]
    goods: tuple[Row, ...]
    services: tuple[Row, ...]
    document: BookOperation | None = None


class InvoiceState(Struct, frozen=True, gc=False, omit_defaults=True):
    """СостояниеСчета: what is paid and shipped of an invoice, in its currency (SPEC §3)."""

    invoice: DocKey
    interest: Interest | None
    client: Client | None
    party: Party
    currency: Currency
    total: Decimal
    paid: Decimal
    payment_state: str
    paid_on: datetime | None
    shipped: Decimal
    shipment_state: str
    shipped_on: datetime | None
    book_payment_state: str | None = None
    book_shipment_state: str | None = None
    withdrawn: bool | None = None


class BookState(Struct, frozen=True, gc=False, omit_defaults=True):
    """BP's own word on an invoice: Справочник.СостояниеОплатыЗаказа or СостояниеОтгрузкиЗаказа."""

    invoice: DocKey
    state: str

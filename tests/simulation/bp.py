"""BP's base: it keeps what EnterpriseData can hold, and writes it as BP does (BP.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import etree
from msgspec.structs import replace

from converter.envelope.header import Header, ObjectType
from converter.envelope.writer import closing, opening
from converter.formats import ENTERPRISE_DATA, bp, dialect_of
from converter.mapping.catalogues import (
    CONTRACT_CARD,
    COUNTERPARTY,
    ITEM_CARD,
    ORGANISATION_CARD,
)
from converter.mapping.deletion import read_bp_deletion, write_bp_deletion
from converter.mapping.invoice import INVOICE as INVOICE_TABLE
from converter.mapping.reading import reader
from converter.mapping.writing import writer
from converter.objects import (
    Contract,
    Counterparty,
    Deletion,
    Invoice,
    Item,
    ItemCard,
    OrganisationCard,
    Unit,
)
from tests.mapping.book import VERSIONS, Book
from tests.mapping.known import ORGANISATION
from tests.messages import PLAN, guid
from tests.simulation.base import Base, Clock, Received
from tests.simulation.crm import changed
from tests.simulation.habits import fails_the_check, printed_word, regrouped, words
from tests.simulation.operations import (
    Operation,
    Part,
    Pointer,
    deletion_name,
    invoice_pointer,
    printed,
)
from tests.simulation.register import Register
from tests.simulation.things import (
    ACCOUNT,
    BOOK_PAID,
    BOOK_SHIPPED,
    BUYER_KEY,
    CONTRACT,
    INVOICE,
    ITEM,
    OPERATION,
    PARTY,
    SELLER,
    Key,
    document_key,
    invoice,
    marker_in,
    row,
)

_MAIN_CONTRACT = Contract(guid(70), "Основной договор", None, None)
_TABLES = {table.bp: table for table in (INVOICE_TABLE, COUNTERPARTY)}
_KEYS = {INVOICE_TABLE.bp: INVOICE, COUNTERPARTY.bp: PARTY}


class BpBase(Base):
    """1C:Бухгалтерия 3.0, which writes EnterpriseData of one version and reads the older ones too.

    ``unposted`` are documents that are kept inside and count as absent; ``revived`` are invoices
    that it had withdrawn or left, and that a load brought back; ``left`` are those that a load left
    unposted, which nobody is told of.

    Its habits, each of which may be off: ``fills``: an empty account and an empty contract of a
    loaded invoice are filled with the main ones. ``regroups``: the rows of an invoice that is
    edited. ``leaves`` unposted what lacks a VAT rate. ``says``: its own states of the invoices.
    ``obeys``: sends only what its correspondent said that it receives.
    """

    side = "bp"
    bom = True

    def __init__(
        self,
        own: str,
        other: str,
        folder: Path,
        clock: Clock,
        version: str = "1.19",
        echoes: bool = False,
        fills: bool = False,
    ) -> None:
        super().__init__(own, other, folder, clock, echoes)
        self.book = Book(version)
        self.dialect = bp(version)
        self.versions = VERSIONS[: VERSIONS.index(version) + 1]
        self.fills = fills
        self.unposted: set[Key] = set()
        self.revived: set[Key] = set()
        self._withdrawn: set[Key] = set()
        self.left: set[Key] = set()
        self.kinds: dict[str, str] = {}
        self.register = Register()
        self.words: dict[Key, str] = {}
        self.regroups = self.leaves = self.says = self.obeys = False
        self.wanted: frozenset[str] | None = None

    # -- documents -------------------------------------------------------------------------------

    def invoices(self) -> list[Key]:
        """The invoices that count, the CRM's and its own, oldest first."""
        return sorted(
            key for key in self.objects if key.type == INVOICE and key not in self.unposted
        )

    def operations(self) -> list[Key]:
        """All operations that are not deleted, unposted ones too, oldest first."""
        return sorted(key for key in self.objects if key.type == OPERATION)

    def is_posted(self, key: Key) -> bool:
        """Whether an object is there and counts."""
        return key in self.objects and key not in self.unposted

    def edit_invoice(
        self, key: Key, marker: str, quantity: int, price: int, discount: int = 0
    ) -> None:
        """Another quantity and price; what the CRM marked in the comment stays."""
        old: Invoice = self.objects[key]
        _, line, mark = (old.comment or "").partition("\n")
        new = changed(old, f"{marker}{line}{mark}", quantity, price)
        new = replace(new, total=(new.total or 0) - discount)
        self.put(key, regrouped(new) if self.regroups else new)

    def new_invoice(self, number: int, marker: str) -> Key:
        """An invoice of BP's own, which never goes to the CRM."""
        made = replace(
            invoice(number, (row(1, 0, 1, 100),), marker, None),
            key=document_key(number, "Б"),
            pay_by=None,
        )
        key = Key(INVOICE, made.key.ref or "")
        self.put(key, made)
        return key

    def twin(self, key: Key, like: Invoice, own: str, marker: str) -> None:
        """An invoice of BP's own with number, second and counterparty of one of the CRM's.

        BP has not read the CRM's yet, and will take it for this one.
        """
        self.register.made(key, own)
        made = invoice(1, (row(1, 0, 1, 77),), marker, None)
        self.put(key, replace(made, key=like.key, pay_by=None))

    def had_buyer(self, own: str) -> None:
        """BP has the buyer already, by a GUID of its own: it is found by ИНН and КПП."""
        self.register.made(Key(PARTY, BUYER_KEY.ref or ""), own)

    def make_anew(self) -> None:
        """The node is made anew: no number, no GUID of the CRM's, everything is to be sent."""
        self.register.clear()
        self.sent = self.received = 0
        self.life = len(self.archive)
        self.unfinished = None

    def write_operation(self, operation: Operation) -> Key:
        """An operation, new or changed."""
        key = Key(OPERATION, operation.ref)
        self.kinds[operation.ref] = operation.element
        self.put(key, operation)
        return key

    def move(self, key: Key, marker: str, target: Pointer | None) -> None:
        """The operation's first part points at another invoice, or at none."""
        old: Operation = self.objects[key]
        first = old.parts[0]._replace(order=target, settles=None)
        self.put(key, old._replace(parts=(first, *old.parts[1:]), marker=marker))

    def unpost(self, key: Key) -> None:
        """The document stays inside and leaves as УдалениеОбъекта."""
        self.left.discard(key)
        self._withdrawn.add(key)
        self.unposted.add(key)
        self.registered[key] = None

    def post(self, key: Key) -> None:
        """An unposted document counts again, under the same id."""
        self.left.discard(key)
        self.unposted.discard(key)
        self.registered[key] = None

    def drop(self, key: Key, marker: str | None = None) -> None:
        """Delete a document, posted or not."""
        self._withdrawn.add(key)
        self.unposted.discard(key)
        self.left.discard(key)
        self._say_anew(key)
        super().drop(key, marker)

    def edit_party(self, key: Key, marker: str) -> None:
        """What the accountant writes into a counterparty's card."""
        self.put(key, replace(self.objects[key], comment=marker))

    def write_item(self, number: int, marker: str) -> Key:
        """A card of BP's catalogue, new or changed."""
        item = Item(guid(100 + number), f"Товар {number}", None, marker)
        card = ItemCard(item, "Товар", Unit("796", "шт"), "НДС20", marker)
        key = Key(ITEM, item.ref or "")
        self.put(key, card)
        return key

    def write_seller(self) -> Key:
        """The card of the organisation."""
        key = Key(SELLER, ORGANISATION.ref or "")
        self.put(key, OrganisationCard(ORGANISATION, "Выдуманная мебель"))
        return key

    def pointer(self, key: Key) -> Pointer:
        """An invoice of this base as its operations point at it."""
        return invoice_pointer(self.objects[key].key)

    def parts(self) -> dict[str, tuple[Operation, tuple[Part, ...]]]:
        """The operations that count, by GUID."""
        return {
            key.ref: (self.objects[key], self.objects[key].parts)
            for key in self.operations()
            if key not in self.unposted
        }

    # -- what it holds ---------------------------------------------------------------------------

    def marker(self, key: Key) -> str | None:
        """The marker of the version that the base holds, unposted or not."""
        value = self.objects.get(key)
        text = value.marker if isinstance(value, Operation) else getattr(value, "comment", None)
        return marker_in(text)

    # -- messages --------------------------------------------------------------------------------

    def greet(self) -> None:
        """The message with which a connection begins: a bare format, no Body, number 0."""
        header = replace(
            self._header(),
            format=ENTERPRISE_DATA,
            created=self.clock.tick(),
            confirmed=True,
            plan=PLAN,
            to=self.other,
            sender=self.own,
            message_no=0,
            received_no=0,
            new_from=guid(90),
            prefix="БП",
        )
        text = opening(header, header.namespace, self.bom) + closing()
        body = f'\t<Body xmlns="{header.namespace}">\n\t</Body>\n'
        self.write([self._packed(text.replace(body, "").encode())])

    def _header(self) -> Header:
        types = ("Документ.ЗаказКлиента", "Справочник.Контрагенты", "Справочник.Договоры")
        return Header(
            self.dialect.namespace,
            self.clock.now,
            versions=self.versions,
            object_types=tuple(ObjectType(name, "*", "*") for name in types),
        )

    def _knows(self, namespace: str) -> bool:
        dialect = dialect_of(namespace)
        return dialect is not None and dialect.version in self.versions

    def compose(self) -> bytes:
        """The next message, with BP's own states, without what nobody wants."""
        if self.says:
            self._say()
        if self.obeys and self.wanted is not None:
            self.registered = {
                key: left for key, left in self.registered.items() if self._type(key) in self.wanted
            }
        return super().compose()

    def _say(self) -> None:
        operations = [self.objects[key] for key in self.operations() if self.is_posted(key)]
        for key in self.invoices():
            for word, state in words(self.objects[key], key, operations, self.words).items():
                if self.words.get(word) != state:
                    self.words[word] = state
                    self.registered[word] = None

    def _say_anew(self, key: Key) -> None:
        """The states of an invoice go with it."""
        for kind in (BOOK_PAID, BOOK_SHIPPED):
            self.words.pop(Key(kind, key.ref), None)
            self.registered.pop(Key(kind, key.ref), None)

    def _type(self, key: Key) -> str:
        if key.type == OPERATION:
            return self.kinds[key.ref]
        return INVOICE_TABLE.bp or "" if key.type == INVOICE else key.type

    def register_all(self) -> None:
        """Everything, the states too."""
        super().register_all()
        self.registered.update(dict.fromkeys(self.words))

    def _receive(self, header: Header, root: etree._Element) -> Received:
        received = super()._receive(header, root)
        if received.outcome in ("greeting", "loaded"):
            listed = header.object_types
            self.wanted = frozenset(each.name for each in listed if each.receiving)
        return received

    def _said(self, key: Key) -> Any:
        if key.type in (BOOK_PAID, BOOK_SHIPPED):
            return (self.words[key],)
        return None if key in self.unposted else self.objects.get(key)

    def _print(self, key: Key) -> str:
        return self.register.written(self._text(key))

    def _text(self, key: Key) -> str:
        if key.type in (BOOK_PAID, BOOK_SHIPPED):
            document = self.objects.get(Key(INVOICE, key.ref))
            return (
                "" if document is None else printed_word(self.book, key, self.words[key], document)
            )
        value = self._said(key)
        if value is None:
            if key.type == OPERATION:
                return self.book.deletion(deletion_name(self.kinds[key.ref]), key.ref)
            return write_bp_deletion(Deletion(key.type, key.ref), self.dialect)
        if isinstance(value, Operation):
            return printed(self.book, value)
        if isinstance(value, ItemCard):
            return writer(ITEM_CARD, self.dialect)(value)
        if isinstance(value, OrganisationCard):
            return writer(ORGANISATION_CARD, self.dialect)(value)
        table = INVOICE_TABLE if isinstance(value, Invoice) else COUNTERPARTY
        return writer(table, self.dialect)(value)

    def _goes_out(self, key: Key) -> bool:
        return key.type != CONTRACT

    def _load(self, element: etree._Element) -> Key | None:
        name = etree.QName(element)
        dialect = dialect_of(name.namespace or "")
        assert dialect is not None
        if name.localname == "УдалениеОбъекта":
            deletion = read_bp_deletion(element)
            assert deletion is not None
            key = Key(deletion.type, deletion.ref)
            if key.type not in (INVOICE, PARTY):
                self.complaints.append(f"BP was told to delete {key}")
            found = self.register.found(key)
            if found is not None:
                self.objects.pop(found, None)
                self.unposted.discard(found)
                self.left.discard(found)
                self._say_anew(found)
            return found
        if name.localname == CONTRACT_CARD.bp:
            ref = element.findtext("{*}КлючевыеСвойства/{*}Ссылка")
            self.objects[Key(CONTRACT, ref or "")] = name.localname
            return None
        value = reader(_TABLES[name.localname], dialect)(element)
        key = Key(_KEYS[name.localname], value.key.ref)
        if key in self._withdrawn | self.left and not self.is_posted(key):
            self.revived.add(key)
        self.objects[key] = self._kept(value)
        if self.register.is_foreign(key):
            self._say_anew(key)  # it is posted anew
        self.register.taken(key)
        self.unposted.discard(key)
        self.left.discard(key)
        if self.leaves and isinstance(value, Invoice) and fails_the_check(value):
            self.unposted.add(key)
            self.left.add(key)
        return key

    def _kept(self, value: Invoice | Counterparty) -> Invoice | Counterparty:
        """What BP keeps of a loaded object: no stages of payment, no additional properties."""
        if isinstance(value, Counterparty):
            return value
        goods = tuple(replace(each, characteristic=None) for each in value.goods)
        kept = replace(value, pay_by=None, properties=(), goods=goods)
        if self.fills:
            kept = replace(
                kept,
                account=kept.account or ACCOUNT,
                contract=kept.contract or _MAIN_CONTRACT,
            )
        return kept

    def _extra(self) -> Any:
        return (
            frozenset(self.unposted),
            frozenset(self.left),
            self.register.backup(),
            dict(self.words),
        )

    def _take_extra(self, extra: Any) -> None:
        unposted, left, register, said = extra
        self.unposted, self.left, self.words = set(unposted), set(left), dict(said)
        self.register.restore(register)

"""A made-up office whose exchange has gone on for a year: a state of any size, through its API.

Everything is drawn from one seed, so the same call makes the same state. Money, dates and names are
such as a small trader has; nobody here exists.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

from msgspec.structs import replace
from sqlalchemy import Connection

from converter.exchange.debtors import keys_of
from converter.mapping.content import marks
from converter.mapping.operation import CUSTOMER, KINDS
from converter.mapping.states import BookWord, Counted, invoice_state
from converter.objects import (
    BookOperation,
    Client,
    Currency,
    DocKey,
    Interest,
    Invoice,
    Item,
    Organisation,
    Party,
    PaymentRow,
    Row,
    Share,
    TradeOperation,
)
from converter.problems import Problem
from converter.problems import catalogue as say
from converter.problems.keeping import as_texts, kept
from converter.state import codec, tables
from converter.state.bases import Base, Bases, TakenMessage, in_alarm
from converter.state.bases import Link as LinkRow
from converter.state.book import Book, Operation
from converter.state.held import TAKE, WRITE, Held, HeldObjects
from converter.state.journal import Journal
from converter.state.memory import memory_of
from converter.state.outbox import Outbox, Outgoing
from converter.state.unlinked import Unlinked
from converter.state.versions import Version, Versions

NOW = datetime(2026, 11, 28, 11, 40)
SETTINGS = """\
state = "sqlite:///exchange.db"

[[link]]
name = "{name}"

[link.crm]
code = "CRM"
folder = "exchange/crm"

[link.bp]
code = "BP"
folder = "exchange/bp"
version = "1.19"
"""
PAYMENT, SHIPMENT = KINDS[2], KINDS[0]
ROUBLES = Currency("643", "руб.")
OURS = Organisation("c0de0000-0000-0000-0000-0000000000f0", "Образец-Мебель ООО", "9988001001",
                    "998801001", "ЮридическоеЛицо")  # fmt: skip
_NAMES = ("Пример-Строй", "Образцовый дом", "Проба пера", "Эталон-Сервис", "Макет", "Черновик",
          "Набросок и партнёры", "Условная кофейня", "Лекало", "Примерочная", "Шаблон-Т", "Заготовка",
          "Третий вариант", "Первая проба", "Чистый лист", "Пробный шар")  # fmt: skip
_KINDS = ("ООО", "АО", "ИП")
_SUBJECTS = ("Столы для офиса", "Кресла в переговорную", "Стеллажи на склад", "Ремонт мебели",
             "Кухня для сотрудников", "Стойка администратора", "Шкафы в архив", "Мебель на этаж")  # fmt: skip
#: (what is left unpaid, of a hundred): the older an invoice, the likelier it is settled
_YOUNG = timedelta(days=40)


def settings_in(folder: Path, name: str = "main") -> Path:
    """Settings and folders of one link; returns the settings' path."""
    for side in ("crm", "bp"):
        (folder / "exchange" / side).mkdir(parents=True, exist_ok=True)
    path = folder / "exchange.toml"
    path.write_text(SETTINGS.format(name=name), encoding="utf-8")
    return path


class Office:
    """One link being filled. All is written when the transaction of ``connection`` is."""

    def __init__(self, connection: Connection, link: str = "main", seed: int = 7) -> None:
        self.link = link
        self.connection = connection
        self.chance = random.Random(seed)
        self.bases = Bases(connection, link)
        self.versions = Versions(connection, link)
        self.book = Book(connection, link)
        self.unlinked = Unlinked(connection, link)
        self.held = HeldObjects(connection, link)
        self._refs = 0
        self.bases.set_link(LinkRow(412, 0, NOW - timedelta(days=380)))
        for side in ("crm", "bp"):
            self.bases.set_base(Base(side, self.ref(), versions='["1.8", "1.19"]'))

    def ref(self) -> str:
        """A GUID that nothing else has."""
        self._refs += 1
        return f"c0de0000-0000-0000-0001-{self._refs:012x}"

    # -- invoices --------------------------------------------------------------------------------

    def party(self, name: str, kind: str = "ООО") -> Party:
        """A counterparty that the CRM knows."""
        inn = f"99880{self._refs % 100000:05}"
        party = Party(self.ref(), f"{name} {kind}", None, inn, None, "ЮридическоеЛицо")
        for key in keys_of(party):
            self.book.learn_party(key, str(party.ref), party, exact=False)
        return party

    def invoice(
        self, party: Party, number: str, date: datetime, total: str, **more: Any
    ) -> Invoice:
        """An invoice that the CRM sent and BP holds; ``more`` are fields of the record."""
        record = Invoice(
            DocKey(self.ref(), date, number, OURS),
            party,
            more.pop("currency", ROUBLES),
            Decimal(total),
            goods=(Row(1, Item(None, "Стол рабочий", None, None), quantity=Decimal(1),
                       price=Decimal(total), sum=Decimal(total)),),
            **more,
        )  # fmt: skip
        ref = str(record.key.ref)
        version = Version(*marks(record), record)
        self.versions.set_current(codec.INVOICE, ref, version)
        self.versions.hold("bp", codec.INVOICE, ref, version)
        self.unlinked.owes(ref, None, keys_of(party))
        return record

    def moved(self, invoice: Invoice, paid: str = "0", shipped: str = "0",
              at: datetime | None = None, book: BookWord = BookWord()) -> None:  # fmt: skip  # noqa: B008
        """So much of an invoice is paid and shipped, each by one operation."""
        at = at or invoice.key.date + timedelta(days=3)
        counted = []
        for kind, text in ((PAYMENT, paid), (SHIPMENT, shipped)):
            amount = Decimal(text)
            if not amount:
                continue
            rows = () if kind.is_payment else (
                replace(invoice.goods[0], quantity=amount / (invoice.total or amount)),
            )  # fmt: skip
            counted.append(Counted(kind, amount, at, rows))
            record = TradeOperation(
                DocKey(self.ref(), at, f"00БП-{self._refs % 1000000:06}", OURS), kind.name,
                invoice.party, None, invoice.currency, amount, None, None, None, None, None, None,
                (Share(invoice.key, invoice.interest, amount, None),), rows, (),
            )  # fmt: skip
            ref = str(record.key.ref)
            self.versions.set_current(codec.OPERATION, ref, Version(*marks(record), record))
            self.connection.execute(
                tables.share.insert(),
                {"link": self.link, "invoice": invoice.key.ref, "operation": ref, "sum": text},
            )
        state = invoice_state(invoice, counted, book)
        version = Version(*marks(state), state)
        self.versions.set_current(codec.STATE, str(invoice.key.ref), version)

    def trade(self, count: int, parties: int) -> None:
        """So many invoices to so many counterparties, over the year before `NOW`."""
        known = [self._customer(number) for number in range(parties)]
        for number in range(1, count + 1):
            party, client, interests = self.chance.choice(known)
            age = timedelta(days=365 * (count - number) / count, minutes=self.chance.randrange(600))
            total = Decimal(self.chance.randrange(3, 900)) * 610
            date = (NOW - age).replace(second=0, microsecond=0)
            invoice = self.invoice(
                party,
                f"СЧ-{number:08}",
                date,
                f"{total:.2f}",
                client=client,
                interest=self.chance.choice([*interests, None]),
                pay_by=date + timedelta(days=self.chance.choice((5, 10, 14, 30))),
            )
            paid, shipped = self._how_far(age)
            if paid or shipped:
                at = min(date + timedelta(days=self.chance.randrange(1, 20)), NOW)
                self.moved(invoice, f"{total * paid:.2f}", f"{total * shipped:.2f}", at)

    def _customer(self, number: int) -> tuple[Party, Client | None, list[Interest]]:
        name = _NAMES[number % len(_NAMES)]
        name += f" {number // len(_NAMES) + 1}" if number >= len(_NAMES) else ""
        party = self.party(name, _KINDS[number % 3])
        client = Client(self.ref(), name) if number % 4 else None
        interests = [
            Interest(self.ref(), f"ИНТ-{number * 3 + each:06}", None, self.chance.choice(_SUBJECTS))
            for each in range(1 + number % 3)
        ]
        return party, client, interests

    def _how_far(self, age: timedelta) -> tuple[Decimal, Decimal]:
        """How much of an invoice is paid, and shipped."""
        settled = Decimal(1), Decimal(1)
        if age > _YOUNG:
            return settled if self.chance.random() < 0.95 else (Decimal("0.5"), Decimal(1))
        return self.chance.choice(
            [
                settled, settled, (Decimal(1), Decimal(0)), (Decimal("0.5"), Decimal(0)),
                (Decimal(0), Decimal(0)), (Decimal(0), Decimal(1)),
            ]
        )  # fmt: skip

    # -- what waits for hands --------------------------------------------------------------------

    def payment(self, party: Party, number: str, date: datetime, total: str, purpose: str) -> str:
        """A bank receipt that names no invoice; returns its ref."""
        ref = self.ref()
        record = BookOperation(
            DocKey(ref, date, number, OURS), ROUBLES, party, total=Decimal(total),
            settlement=CUSTOMER, purpose=purpose, payments=(PaymentRow(Decimal(total)),),
        )  # fmt: skip
        element = str(PAYMENT.table.bp)
        self.book.set_operation(Operation(ref, element, record, ref, facts=()))
        self.unlinked.put(ref, keys_of(party))
        return ref

    def hold(self, side: str, key: str, since: datetime, *problems: Problem) -> None:
        """An object is held, and the journal tells of it."""
        ref, stage = self.ref(), TAKE if side == "bp" else WRITE
        told = [each.at(object=key) for each in problems]
        self.held.put(Held(side, codec.INVOICE, ref, stage, b"", ref, None, ref,
                           as_texts(told), since))  # fmt: skip
        journal = Journal(self.connection, self.link, since, 400)
        journal.write("held", side, codec.INVOICE, ref, problems=[kept(each) for each in told])

    def reject(self, side: str, file: str, at: datetime, problem: Problem) -> None:
        """A file was set aside."""
        row = self.bases.link()
        assert row is not None
        self.bases.set_link(replace(row, rejected=row.rejected + 1))
        journal = Journal(self.connection, self.link, at, 400)
        journal.write("rejected", side, problem=kept(problem.at(file=file)), file=file)

    def stop(self, side: str, problem: Problem) -> None:
        """A base is left alone until somebody has looked."""
        self.bases.set_base(in_alarm(self.bases.base(side), problem))

    def traffic(self, days: int, unread: int = 0) -> None:
        """Messages of so many days up to `NOW`; the last ``unread`` to BP are not acknowledged."""
        for side, busy in (("crm", 6), ("bp", 4)):
            taken, written = self._messages(days, busy), self._messages(days, busy)
            base = self.bases.base(side)
            received = sent = 0
            for received, (at, objects) in enumerate(taken, 1):
                self.bases.add_incoming(
                    base, TakenMessage(received, f"{received}", at, at, objects)
                )
            outbox = Outbox(self.connection, self.link, side)
            for sent, (at, objects) in enumerate(written, 1):
                outbox.add(Outgoing(sent, f"{sent}", at, objects), ())
            acknowledged = sent - (unread if side == "bp" else 0)
            self.bases.set_base(
                replace(base, received=received, sent=sent, acknowledged=acknowledged)
            )

    def _messages(self, days: int, busy: int) -> Iterator[tuple[datetime, int]]:
        """When messages go, and how large they are: fewer at the end of the week."""
        for age in range(days, -1, -1):
            day = (NOW - timedelta(days=age)).replace(hour=6, minute=0)
            weekend = day.weekday() >= 5
            hours = sorted(self.chance.sample(range(12 * 60), self.chance.randint(0, 1) if weekend
                                              else self.chance.randint(busy // 2, busy * 2)))  # fmt: skip
            for minute in hours:
                at = day + timedelta(minutes=minute)
                if at <= NOW:
                    yield at, self.chance.choice((0, 1, 1, 2, 3, 5, 9))

    def queue(self, side: str, count: int, number: int) -> None:
        """So many of the newest invoices are due to a side; ``number`` 0: they never left."""
        memory_of(self.connection).flush()
        table = tables.numbered
        newest = table.select().order_by(table.c.date.desc()).limit(count)
        for row in list(self.connection.execute(newest).mappings()):
            for ref in row["refs"].split(" "):
                key = {"link": self.link, "side": side, "kind": codec.INVOICE, "ref": ref}
                self.connection.execute(tables.queue.insert(), {**key, "number": number})


def usual(connection: Connection, invoices: int = 70, parties: int = 9, days: int = 45) -> Office:
    """An office on an ordinary day, with something of every kind that waits for somebody."""
    office = Office(connection)
    office.trade(invoices, parties)
    known = office.party("Пример-Строй Юг")
    date = NOW - timedelta(days=12)
    owed = office.invoice(known, "СЧ-00009001", date, "84500.00", pay_by=NOW - timedelta(days=2))
    office.invoice(known, "СЧ-00009002", NOW - timedelta(days=6), "84500.00")
    office.payment(known, "00БП-000731", NOW - timedelta(days=1, hours=3), "84500.00",
                   f"Оплата по счету {owed.key.number} от {date:%d.%m.%Y}. НДС не облагается")  # fmt: skip
    office.payment(known, "00БП-000733", NOW - timedelta(hours=5), "20000.00", "За мебель, аванс")
    office.hold("crm", "Документ.СчетНаОплату № СЧ-00009003", NOW - timedelta(hours=26),
                say.VAT_NOT_IN_VERSION("Товары/Строка[1]/СтавкаНДС", version="1.8", rate="НДС22",
                                       since="1.17"))  # fmt: skip
    office.hold("crm", "Документ.СчетНаОплату № СЧ-00009004", NOW - timedelta(hours=3),
                say.FIELD_MISSING("Контрагент/ИНН"))  # fmt: skip
    office.reject("bp", "Message_BP_CRM.xml", NOW - timedelta(days=3, hours=2), say.XML_BROKEN(
        reason="Premature end of data in tag Body", column=1))  # fmt: skip
    office.traffic(days, unread=2)
    office.queue("bp", 4, office.bases.base("bp").sent - 1)
    return office

"""Invoices with what is paid and shipped: those that are late, by client, by interest."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from itertools import islice

from converter.mapping.operation import KINDS
from converter.report.facts import Facts
from converter.report.figures import (
    Group,
    Money,
    by_client,
    by_interest,
    client_of,
    late,
    owed,
    summed,
    unshipped,
)
from converter.report.markup import Child, Html, closing, element, joined, opening
from converter.report.tables import Column, folded, row, table, two
from converter.report.words import Words
from converter.views.invoices import InvoiceView, OperationView, with_proposals
from converter.views.unlinked import UnlinkedView
from converter.views.words import KINDS as KIND_WORDS
from converter.views.words import STATES

#: so many late invoices stand in sight; the others are folded
LATE = 15
#: so many clients, and interests, stand in sight
GROUPS = 40
#: where no more than so many invoices are open, they stand in sight
FEW = 30
_BY_NAME = {kind.name: kind for kind in KINDS}


def titles(words: Words) -> tuple[Column, ...]:
    """The columns of a table of invoices."""
    say = words.say
    return (
        Column(say("Счёт", "Invoice")),
        Column(say("Оплатить до", "Due")),
        Column(say("Сумма", "Sum"), number=True),
        Column(say("Оплата", "Payment"), number=True),
        Column(say("Отгрузка", "Shipment"), number=True),
    )


class InvoiceLedger:
    """The invoices of a page, each with its anchor.

    Closed invoices from before the day asked for are left out; those that are open never are.
    """

    def __init__(self, facts: Facts, words: Words) -> None:
        self._words = words
        self._today = words.local(facts.now).date()
        self._several = len(facts.links) > 1
        since = None if facts.since is None else words.local(facts.since).replace(tzinfo=None)
        self.views = [
            view
            for link in facts.links
            for view in with_proposals(link.invoices, link.view.unlinked)
            if view.open or since is None or view.date >= since
        ]
        self._anchors = {
            (view.link, view.name): f"i{number}" for number, view in enumerate(self.views, 1)
        }

    def anchor(self, link: str, name: str) -> str | None:
        """Where on the page an invoice stands."""
        return self._anchors.get((link, name))

    # -- the sections ----------------------------------------------------------------------------

    def overdue(self) -> Iterator[Html]:
        """Invoices that should have been paid by now, the oldest first."""
        say = self._words.say
        found = [view for view in self.views if late(view, self._today)]
        found.sort(key=lambda view: (view.pay_by or view.date, view.number))
        if not found:
            yield element("p", say("Таких нет.", "There are none."), class_="calm")
            return
        columns = (
            Column(say("Счёт", "Invoice")),
            Column(say("Клиент", "Client")),
            Column(say("Срок", "Due")),
            Column(say("Не оплачено", "Unpaid"), number=True),
        )
        caption = say("Просроченные счета, старые сверху", "Overdue invoices, oldest first")
        rows = (self._late(columns, view) for view in found)
        yield from table(caption, columns, islice(rows, LATE), "late")
        if (more := len(found) - LATE) > 0:
            rest = say("Остальные просроченные счета", "The other overdue invoices")
            title = say(f"Ещё {more}", f"{more} more")
            yield from folded(title, table(rest, columns, rows, "late"), class_="more")

    def _late(self, columns: Sequence[Column], view: InvoiceView) -> Html:
        cells = (
            two(self._link(view), self._words.date(view.date)),
            two(client_of(view), view.interest),
            self._due(view),
            self._words.price(owed(view), view.currency),
        )
        return row(columns, cells)

    def clients(self) -> Iterator[Html]:
        """Invoices by client: those who owe first, those with nothing open folded at the end."""
        groups = by_client(self.views)
        unfold = sum(len(group.open) for group in groups) <= FEW
        names = ("клиент", "клиента", "клиентов"), ("client", "clients")
        return self._groups(groups, self._invoices, names, unfold)

    def interests(self) -> Iterator[Html]:
        """The same invoices by interest, as a list of links to them."""
        names = ("интерес", "интереса", "интересов"), ("interest", "interests")
        return self._groups(by_interest(self.views), self._list, names)

    def _groups(
        self,
        groups: list[Group],
        inside: Callable[[Group], Iterator[Html]],
        names: tuple[tuple[str, str, str], tuple[str, str]],
        unfold: bool = False,
    ) -> Iterator[Html]:
        """Groups of which something is open, the first of them in sight; then the closed ones."""
        say = self._words.say
        opened = [group for group in groups if group.open]
        closed = [group for group in groups if not group.open]
        for group in opened[:GROUPS]:
            yield from self._group(group, inside(group), unfold)
        for title, more in (
            (say("Ещё", "More"), opened[GROUPS:]),
            (say("Всё оплачено и отгружено", "All paid and shipped"), closed),
        ):
            if more:
                parts = (part for group in more for part in self._group(group, inside(group)))
                count = self._words.counted(len(more), *names)
                yield from folded(f"{title}: {count}", parts, class_="more")
        if not groups:
            yield element("p", say("Счетов ещё нет.", "There are no invoices yet."), class_="calm")

    # -- a group ---------------------------------------------------------------------------------

    def _group(self, group: Group, inside: Iterable[Html], open: bool = False) -> Iterator[Html]:
        yield from folded(self._title(group), inside, class_="group", open=open)

    def _title(self, group: Group) -> Html:
        """Whose invoices these are, what they come to, and how much of it is paid."""
        words, say = self._words, self._words.say
        whose = ", ".join(group.whose[:3]) + (" …" if len(group.whose) > 3 else "")
        own = group.whose == (group.name,)
        if group.open:
            about = say(
                f"{words.invoices(len(group.views))}, открыто {len(group.open)}",
                f"{words.invoices(len(group.views))}, {len(group.open)} open",
            )
        else:
            about = words.invoices(len(group.views))
        name = group.name or say("Без интереса", "No interest")
        sums: list[tuple[str, Money, str]] = [
            (say("должны", "owed"), summed(group.open, owed), "owed"),
            (say("не отгружено", "not shipped"), summed(group.open, unshipped), ""),
        ]
        if not group.open:
            total = summed(group.closed, lambda view: view.sum)
            sums = [(say("на сумму", "sum"), total, "")]
        parts = [
            element(
                "span", element("span", title), self._prices(money), class_=f"sum {name}".strip()
            )
            for title, money, name in sums
            if money
        ]
        note = about if own or not whose or group.name is None else f"{whose} · {about}"
        return joined([element("span", element("b", name), element("small", note)), *parts])

    def _prices(self, money: Money) -> Html:
        words = self._words
        return joined([words.price(amount, code) for code, amount in money.items()], " + ")

    def _invoices(self, group: Group) -> Iterator[Html]:
        """The invoices of a client: what is open, then the rest, folded."""
        say, name = self._words.say, group.name or ""
        if group.open:
            yield from self._table(
                say(f"{name}: открытые счета", f"{name}: open invoices"), group.open
            )
        if group.closed:
            caption = say(f"{name}: закрытые счета", f"{name}: closed invoices")
            closed = self._table(caption, group.closed)
            if not group.open:
                yield from closed
                return
            total = self._prices(summed(group.closed, lambda view: view.sum))
            count = self._words.invoices(len(group.closed))
            title = joined([say(f"Закрыто: {count} на ", f"Closed: {count}, "), total])
            yield from folded(title, closed, class_="more")

    def _table(self, caption: str, views: list[InvoiceView]) -> Iterator[Html]:
        columns = titles(self._words)
        return table(caption, columns, (self._row(columns, view) for view in views), "invoices")

    def _row(self, columns: Sequence[Column], view: InvoiceView) -> Html:
        words = self._words
        cells: tuple[Child, ...] = (
            self._name(view),
            self._due(view),
            words.price(view.sum, view.currency),
            two(words.money(view.paid), self._state(view.payment_state, view.bp_payment_state)),
            two(
                words.money(view.shipped), self._state(view.shipment_state, view.bp_shipment_state)
            ),
        )
        return row(columns, cells, self.anchor(view.link, view.name), titled=False)

    def _name(self, view: InvoiceView) -> Html:
        """Number, date, interest, and what else there is to know of an invoice."""
        words = self._words
        party = view.counterparty if view.counterparty != client_of(view) else ""
        parts = (words.date(view.date), view.interest, party, view.link if self._several else "")
        return joined(
            [
                view.number,
                element("small", " · ".join(part for part in parts if part)),
                *self._notes(view),
                *(self._operation(view, each) for each in (view.operations if view.open else ())),
            ]
        )

    def _notes(self, view: InvoiceView) -> Iterator[Html]:
        say = self._words.say
        if view.withdrawn:
            yield element("small", say("отозван в БП", "withdrawn in BP"), class_="mark")
        if not view.acknowledged_by_bp:
            yield element(
                "small", say("БП ещё не подтвердила", "not acknowledged by BP yet"), class_="mark"
            )
        for operation, proposal in view.proposed:
            number, amount = operation.number, self._words.money(proposal.sum)
            text = say(f"предложено: {number}, {amount}", f"proposed: {number}, {amount}")
            yield element("small", element("a", text, href=f"#{proposal_id(operation)}"))

    def _operation(self, view: InvoiceView, operation: OperationView) -> Html:
        words, kind = self._words, _BY_NAME.get(operation.kind)
        sign = "+" if kind is None or kind.sign > 0 else "−"
        parts = (
            words.date(operation.date),
            words.word(KIND_WORDS, operation.kind),
            operation.number,
            f"{sign}{words.money(operation.sum)}",
        )
        return element("small", " · ".join(parts))

    def _state(self, counted: str, of_bp: str | None) -> str:
        """The state that was counted, and BP's own where it says otherwise (SPEC §3)."""
        text = self._words.word(STATES, counted)
        same = {counted, "Оплачен"} if counted == "Переплата" else {counted}
        if of_bp is None or of_bp in same:
            return text
        return f"{text} ({self._words.say('БП', 'BP')}: {self._words.word(STATES, of_bp)})"

    def _due(self, view: InvoiceView) -> Html | None:
        if view.pay_by is None:
            return None
        words = self._words
        if not late(view, self._today):
            return joined([words.date(view.pay_by)])
        days = words.counted(_days(view, self._today), ("день", "дня", "дней"), ("day", "days"))
        text = words.say(f"просрочен на {days}", f"{days} overdue")
        return joined([words.date(view.pay_by), element("small", text, class_="bad")])

    # -- by interest -----------------------------------------------------------------------------

    def _list(self, group: Group) -> Iterator[Html]:
        yield opening("ul", class_="links")
        for view in group.views:
            words = self._words
            state = words.word(STATES, view.payment_state), words.word(STATES, view.shipment_state)
            about = f" {words.price(view.sum, view.currency)}, {', '.join(dict.fromkeys(state))}"
            yield element("li", self._link(view), about)
        yield closing("ul")

    def _link(self, view: InvoiceView) -> Html:
        return element("a", view.number, href=f"#{self.anchor(view.link, view.name)}")


def proposal_id(operation: UnlinkedView) -> str:
    """The anchor of an operation without an invoice; several links may know the same one."""
    return "p-" + "-".join(re.findall(r"\w+", f"{operation.link} {operation.ref}"))


def _days(view: InvoiceView, today: date) -> int:
    return 0 if view.pay_by is None else (today - view.pay_by.date()).days

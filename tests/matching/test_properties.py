"""What no proposal may ever do, whatever comes in (SPEC §2)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TypeVar

from hypothesis import assume, event, given
from hypothesis import strategies as st
from msgspec.structs import replace

from converter.matching.rules import limit, match
from converter.matching.values import (
    Candidate,
    Confidence,
    Direction,
    Goods,
    Proposal,
    Reason,
    Unlinked,
)
from converter.objects import Contract, Organisation, Party

T = TypeVar("T")
_DAY = datetime(2026, 3, 2, 10)
SELLERS = [
    Organisation(None, "ООО Ромашка", inn, None, "ЮридическоеЛицо")
    for inn in ("7707083893", "7728168971", None)
]
BUYERS = [
    Party(ref, name, None, inn, kpp, "ЮридическоеЛицо")
    for ref in (None, "a1", "b2")
    for name in ("ООО Покупатель", "ООО Другой")
    for inn in ("5001007322", "7728168971", None)
    for kpp in (None, "772801001", "500101001")
]
CONTRACTS = [None, *(Contract(None, None, number, None) for number in ("7", "15/26"))]
NUMBERS = ["12", "13", "123", "СЧ-00012", "СЧ-12", "00БП-000012", "12/1", "А-12", "7", "20"]

money = st.decimals("0", "999", places=0).map(lambda value: Decimal(value) * 100)
goods = st.lists(
    st.builds(Goods, st.sampled_from("abc"), st.integers(1, 5).map(Decimal)), max_size=3
).map(tuple)
SAID = """Оплата по счету сч. № СЧ- 12 13 123 0012 12/1 , и от 02.03.2026 05.03.2026 договору 7
    НДС 20% сумма 100.00 руб за товар с/ф накладной пени"""
words = st.sampled_from(SAID.split())
purposes = st.none() | st.lists(words, max_size=12).map(" ".join) | st.text(max_size=60)
when = st.sampled_from([_DAY, _DAY.replace(day=5), _DAY.replace(year=2025)])


@st.composite
def candidates(draw: st.DrawFn) -> list[Candidate]:
    count = draw(st.integers(0, 5))
    return [
        Candidate(
            ref=f"invoice-{index}",
            organisation=draw(st.sampled_from(SELLERS)),
            party=draw(st.sampled_from(BUYERS)),
            currency=draw(st.sampled_from(["643", "978"])),
            number=draw(st.sampled_from(NUMBERS)),
            date=draw(when),
            contract=draw(st.sampled_from(CONTRACTS)),
            unpaid=draw(money) - 1000,
            paid=draw(money),
            unshipped_sum=draw(money),
            shipped_sum=draw(money),
            unshipped=draw(goods),
            shipped=draw(goods),
        )
        for index in range(count)
    ]


@st.composite
def operations(draw: st.DrawFn, known: list[Candidate]) -> Unlinked:
    """An operation; mostly one that concerns one of the invoices, so that something is found."""
    like = draw(st.sampled_from(known)) if known else None
    sums = [money] if like is None else [money, st.just(abs(like.unpaid)), st.just(like.paid)]
    return Unlinked(
        direction=draw(st.sampled_from(Direction)),
        organisation=draw(_near(SELLERS, like and like.organisation)),
        party=draw(_near(BUYERS, like and like.party)),
        currency=draw(_near(["643", "978"], like and like.currency)),
        date=datetime(2026, 3, 20),
        sum=draw(st.one_of(sums)),
        contract=draw(st.sampled_from(CONTRACTS)),
        purpose=draw(st.one_of(purposes, _naming(known))),
        goods=draw(goods),
    )


def _naming(known: list[Candidate]) -> st.SearchStrategy[str | None]:
    """A purpose that names some of the invoices, with and without their dates."""
    if not known:
        return st.none()
    names = [f"{each.number}{day}" for each in known for day in ("", f" от {each.date:%d.%m.%Y}")]
    some = st.lists(st.sampled_from(names), min_size=1, max_size=3)
    return some.map(lambda each: f"Оплата по счетам {', '.join(each)}")


def _near(values: list[T], like: T | None) -> st.SearchStrategy[T]:
    some = st.sampled_from(values)
    return some if like is None else st.one_of(st.just(like), st.just(like), some)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Unlinked, list[Candidate]]:
    known = draw(candidates())
    return draw(operations(known)), known


def found(case: tuple[Unlinked, list[Candidate]]) -> list[tuple[Proposal, Candidate]]:
    operation, known = case
    by_ref = {each.ref: each for each in known}
    for each in match(operation, known):
        event(f"{each.confidence.value} by {each.reasons[0].value}")
    return [(each, by_ref[each.invoice]) for each in match(operation, known)]


@given(cases())
def test_never_across_organisations_counterparties_or_currencies(
    case: tuple[Unlinked, list[Candidate]],
) -> None:
    operation, _ = case
    for _, invoice in found(case):
        assert invoice.currency == operation.currency
        for one, other in (
            (invoice.organisation, operation.organisation),
            (invoice.party, operation.party),
        ):
            assert not (one.inn and other.inn) or one.inn == other.inn
            assert one.inn or other.inn or one.ref or other.ref or one.name == other.name


@given(cases())
def test_never_more_than_can_be_taken_and_never_more_than_there_is(
    case: tuple[Unlinked, list[Candidate]],
) -> None:
    operation, _ = case
    offers = found(case)
    for proposal, invoice in offers:
        assert Decimal(0) < proposal.sum <= limit(invoice, operation.direction)
        assert proposal.reasons
    assert sum((each.sum for each, _ in offers), Decimal(0)) <= max(operation.sum, Decimal(0))
    assert len({each.invoice for each, _ in offers}) == len(offers)


@given(candidates(), st.data())
def test_two_equally_good_invoices_give_none_as_certain(
    known: list[Candidate], data: st.DataObject
) -> None:
    """A twin of an invoice that was certain, of the same number and date: neither is certain."""
    payable = [each for each in known if each.unpaid > 0]
    assume(payable)
    meant = data.draw(st.sampled_from(payable))
    date = data.draw(st.sampled_from([f" от {meant.date:%d.%m.%Y}", ""]))
    operation = Unlinked(
        Direction.PAYMENT,
        meant.organisation,
        meant.party,
        meant.currency,
        datetime(2026, 3, 20),
        meant.unpaid,
        purpose=f"Оплата по счету № {meant.number}{date}",
    )
    sure = {ref for ref in _certain(operation, known) if ref == meant.ref}
    twin = replace(meant, ref="twin")
    event("was certain" if sure else "was not certain")
    assert not _certain(operation, [*known, twin]) & {meant.ref, "twin"}
    assert not _certain(operation, [twin, *known]) & {meant.ref, "twin"}


def test_without_its_twin_it_is_certain() -> None:
    operation = _payment("Оплата по счету № 12 от 02.03.2026")
    invoice = _invoice("12")
    assert _certain(operation, [invoice]) == {"12"}
    assert match(operation, [invoice, replace(invoice, ref="twin")]) == ()


def _certain(operation: Unlinked, known: list[Candidate]) -> set[str]:
    found = match(operation, known)
    return {each.invoice for each in found if each.confidence is Confidence.CERTAIN}


@given(cases(), st.randoms())
def test_the_order_of_the_invoices_says_nothing(
    case: tuple[Unlinked, list[Candidate]], random: object
) -> None:
    operation, known = case
    shuffled = sorted(known, key=lambda each: random.random())  # type: ignore[attr-defined]
    assert match(operation, shuffled) == match(operation, known)


prefixes = st.sampled_from(["", "СЧ-", "СЧ", "сч-", "00БП-", "АБ/"])
zeros = st.integers(0, 4).map(lambda count: "0" * count)


def _payment(purpose: str, amount: int = 100) -> Unlinked:
    return Unlinked(
        Direction.PAYMENT, SELLERS[0], BUYERS[0], "643", _DAY, Decimal(amount), purpose=purpose
    )


def _invoice(number: str, unpaid: int = 100) -> Candidate:
    return Candidate(
        number, SELLERS[0], BUYERS[0], "643", number, _DAY, unpaid=Decimal(unpaid)
    )  # fmt: skip


@given(st.integers(1, 99999), prefixes, zeros, zeros, st.sampled_from(["№ ", "", "N ", "№"]))
def test_a_number_stands_with_or_without_prefix_and_zeros(
    number: int, prefix: str, zeros_kept: str, zeros_written: str, sign: str
) -> None:
    kept = f"{prefix}{zeros_kept}{number}"
    for written in (f"{prefix}{zeros_written}{number}", f"{zeros_written}{number}"):
        (proposal,) = match(_payment(f"Оплата по счету {sign}{written}"), [_invoice(kept)])
        assert proposal.invoice == kept
        assert Reason.NUMBER in proposal.reasons


@given(
    st.integers(1, 9999),
    st.from_regex(r"[0-9]{1,3}", fullmatch=True),
    st.booleans(),
    prefixes,
    prefixes,
)
def test_a_number_is_a_whole_word(
    number: int, more: str, behind: bool, prefix: str, written: str
) -> None:
    """СЧ-12 is not СЧ-123, nor СЧ-112."""
    longer = f"{number}{more}" if behind else f"{more}{number}"
    assume(int(longer) != number)
    invoice = _invoice(f"{prefix}{number}", unpaid=200)
    for purpose in (f"Оплата по счету {written}{longer}", f"Оплата по счету № {longer} за товар"):
        assert match(_payment(purpose), [invoice]) == ()
    shorter = _invoice(f"{prefix}{longer}", unpaid=200)
    assert match(_payment(f"Оплата по счету {written}{number}"), [shorter]) == ()


@given(st.integers(1, 9999), st.sampled_from(["АБ-", "ВГ/"]))
def test_another_prefix_is_another_number(number: int, prefix: str) -> None:
    purpose = f"Оплата по счету {prefix}{number}"
    assert match(_payment(purpose), [_invoice(f"ЮЯ-{number}")]) == ()

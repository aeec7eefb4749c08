"""The rules of the matching as two tables, and the few lines that go through them (SPEC §2).

Only invoices of the operation's organisation, counterparty and currency are looked at, and none is
given more than it can take. What is named goes by `NAMED`; where nothing is named, by `UNNAMED`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import Enum
from typing import NamedTuple

from converter.matching.numbers import fit, parts
from converter.matching.purpose import Cue, Mention, Purpose, read
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
from converter.values import ZERO


class DateFit(Enum):
    """The date beside a number, and the invoice's."""

    SAME = "same"
    ABSENT = "not said"
    OTHER = "other"


class SumFit(Enum):
    """The operation's sum, and what the invoices named can take together."""

    EXACT = "equal"
    PART = "less"
    OVER = "more"


class Named(NamedTuple):
    """A line of `NAMED`: where all three agree, the invoice is offered so."""

    cues: frozenset[Cue]
    dates: frozenset[DateFit]
    sums: frozenset[SumFit]
    confidence: Confidence
    reason: Reason


_C, _D, _S = Cue, DateFit, SumFit
_ANY_SUM = frozenset(SumFit)
_CERTAIN, _PROPOSED = Confidence.CERTAIN, Confidence.PROPOSED


def _line(
    cues: set[Cue], dates: set[DateFit], sums: Iterable[SumFit], how: Confidence, why: Reason
) -> Named:
    return Named(frozenset(cues), frozenset(dates), frozenset(sums), how, why)


#: a number that the payer names; the first line that agrees counts
NAMED: tuple[Named, ...] = (
    _line({_C.INVOICE}, {_D.SAME}, {_S.EXACT, _S.PART}, _CERTAIN, Reason.NUMBER_AND_DATE),
    _line({_C.INVOICE}, {_D.ABSENT}, {_S.EXACT}, _CERTAIN, Reason.NUMBER),
    _line({_C.INVOICE}, {_D.SAME}, {_S.OVER}, _PROPOSED, Reason.NUMBER_AND_DATE),
    _line({_C.INVOICE}, {_D.ABSENT}, {_S.PART, _S.OVER}, _PROPOSED, Reason.NUMBER),
    _line({_C.FACTURA, _C.SIGN, _C.WORD}, {_D.SAME}, _ANY_SUM, _PROPOSED, Reason.NUMBER_AND_DATE),
    _line({_C.SIGN}, {_D.ABSENT}, _ANY_SUM, _PROPOSED, Reason.NUMBER),
    _line({_C.FACTURA, _C.WORD}, {_D.ABSENT}, {_S.EXACT}, _PROPOSED, Reason.NUMBER),
    _line({_C.INVOICE, _C.FACTURA}, {_D.OTHER}, {_S.EXACT}, _PROPOSED, Reason.NUMBER_OTHER_DATE),
)

#: these name an invoice: where it is not known or is paid, no other one is looked for
_NAMING = frozenset({Cue.INVOICE, Cue.SIGN})


class Case(NamedTuple):
    """An operation, what its words say, and the open invoices that it may belong to."""

    operation: Unlinked
    purpose: Purpose
    pool: tuple[Candidate, ...]

    def limit(self, candidate: Candidate) -> Decimal:
        """What an invoice can take of the operation."""
        return limit(candidate, self.operation.direction)

    def fits(self, candidate: Candidate) -> bool:
        """Whether the invoice can take all of it, and was there before it."""
        return _before(candidate, self.operation) and self.operation.sum <= self.limit(candidate)


class Rule(NamedTuple):
    """A line of `UNNAMED`: the invoices that agree; exactly one is proposed."""

    reason: Reason
    agrees: Callable[[Case], Iterable[Candidate]]


#: where the operation names no invoice; the first rule by which exactly one is left counts
UNNAMED: tuple[Rule, ...] = (
    Rule(Reason.DATE, lambda case: (each for each in case.pool
         if each.date.date() in case.purpose.dates and case.fits(each))),
    Rule(Reason.GOODS, lambda case: case.pool if case.operation.goods else ()),
    Rule(Reason.SUM, lambda case: (each for each in case.pool
         if not case.purpose.dates and case.fits(each)
         and case.limit(each) == case.operation.sum)),
    Rule(Reason.ONLY_OPEN, lambda case: () if case.purpose.dates else case.pool),
)  # fmt: skip


#: what an invoice can take of an operation of a direction
_TAKES: dict[Direction, Callable[[Candidate], Decimal]] = {
    Direction.PAYMENT: lambda each: each.unpaid,
    Direction.REFUND: lambda each: each.paid,
    Direction.SHIPMENT: lambda each: each.unshipped_sum,
    Direction.RETURN: lambda each: each.shipped_sum,
}


def match(operation: Unlinked, candidates: Sequence[Candidate]) -> tuple[Proposal, ...]:
    """The proposals for an operation, in the order in which it names them; nothing: none is sure.

    Their sums come to the operation's at most.
    """
    known = [each for each in candidates if _concerns(each, operation)]
    purpose = read(operation.purpose)
    found = _by_name(operation, purpose, known)
    if found or operation.sum <= ZERO or any(each.cue in _NAMING for each in purpose.mentions):
        return found
    case = Case(operation, purpose, _pool(operation, purpose, known))
    return () if purpose.foreign else _by_rule(case)


def limit(candidate: Candidate, direction: Direction) -> Decimal:
    """What an invoice can take of an operation of a direction, never below zero."""
    return max(ZERO, _TAKES[direction](candidate))


# -- what is named -------------------------------------------------------------------------------


class _Choice(NamedTuple):
    """The invoice that a mention means; ``clear``: no other open one could be meant."""

    mention: Mention
    candidate: Candidate
    date: DateFit
    clear: bool


def _by_name(operation: Unlinked, purpose: Purpose, known: list[Candidate]) -> tuple[Proposal, ...]:
    strong = [each for each in purpose.mentions if each.cue is Cue.INVOICE]
    chosen: dict[str, _Choice] = {}
    lost = False  # an invoice is named that is not known, is paid, or is one of several
    for mention in strong or purpose.mentions:
        choice = _choose(mention, operation, known)
        if choice is None or not limit(choice.candidate, operation.direction):
            lost = lost or mention.cue in _NAMING
        else:
            chosen.setdefault(choice.candidate.ref, choice)
    choices = list(chosen.values())
    limits = [limit(each.candidate, operation.direction) for each in choices]
    fits = _sum_fit(operation.sum, sum(limits, ZERO))
    offers = []
    left = operation.sum
    for choice, most in zip(choices, limits, strict=True):
        line = _line_for(choice, fits)
        share = min(left, most)
        if line is None or share <= ZERO:
            continue
        left -= share
        sure = choice.clear and not lost and (len(choices) == 1 or fits is SumFit.EXACT)
        sure = sure and _may_be(choice.candidate.contract, operation.contract)
        sure = sure and _before(choice.candidate, operation)
        confidence = line.confidence if sure else Confidence.PROPOSED
        reasons = (line.reason, Reason.SUM) if fits is SumFit.EXACT else (line.reason,)
        offers.append(Proposal(choice.candidate.ref, share, confidence, reasons))
    return tuple(offers)


def _line_for(choice: _Choice, fits: SumFit) -> Named | None:
    cue, day = choice.mention.cue, choice.date
    return next((each for each in NAMED if cue in each.cues and day in each.dates
                 and fits in each.sums), None)  # fmt: skip


def _choose(mention: Mention, operation: Unlinked, known: list[Candidate]) -> _Choice | None:
    """The best of the invoices with this number; None where two are equally good."""
    found: dict[tuple[int, int, int], list[tuple[Candidate, DateFit]]] = {}
    for each in known:
        near = fit(mention.number, parts(each.number), mention.prefix_is_word)
        if near is None:
            continue
        day = _date_fit(mention, each.date.date())
        most = limit(each, operation.direction)
        closed = int(day is not DateFit.SAME and not most)
        rank = (list(DateFit).index(day), closed, near)
        found.setdefault(rank, []).append((each, day))
    if not found:
        return None
    best = found[min(found)]
    exact = [each for each in best if limit(each[0], operation.direction) == operation.sum]
    alone = best if len(best) == 1 else exact
    if len(alone) != 1:
        return None
    candidate, day = alone[0]
    others = [each for rank in found.values() for each, fits in rank if each is not candidate
              and not (day is DateFit.SAME and fits is DateFit.OTHER)]  # fmt: skip
    return _Choice(mention, candidate, day, clear=not others)


def _date_fit(mention: Mention, day: date) -> DateFit:
    if mention.date is None or (mention.shared and mention.date != day):
        return DateFit.ABSENT
    return DateFit.SAME if mention.date == day else DateFit.OTHER


def _sum_fit(paid: Decimal, owed: Decimal) -> SumFit:
    if paid == owed:
        return SumFit.EXACT
    return SumFit.PART if paid < owed else SumFit.OVER


# -- what is not named ---------------------------------------------------------------------------


def _by_rule(case: Case) -> tuple[Proposal, ...]:
    for rule in UNNAMED:
        found = tuple(rule.agrees(case))
        if len(found) == 1:
            share = min(case.operation.sum, case.limit(found[0]))
            return (Proposal(found[0].ref, share, Confidence.PROPOSED, (rule.reason,)),)
    return ()


def _pool(operation: Unlinked, purpose: Purpose, known: list[Candidate]) -> tuple[Candidate, ...]:
    """What can take something, by contract and by goods where they are said."""
    pool = [each for each in known if limit(each, operation.direction)]
    pool = [each for each in pool if _may_be(each.contract, operation.contract)]
    if purpose.contracts:
        numbers = {each.ref: _contract_number(each) for each in pool}
        named = [each for each in pool if numbers[each.ref] in purpose.contracts]
        pool = named or [each for each in pool if not numbers[each.ref]]
    if operation.goods:
        pool = [each for each in pool if _holds(each, operation)]
    return tuple(pool)


def _contract_number(candidate: Candidate) -> tuple[str, ...]:
    contract = candidate.contract
    return () if contract is None else parts(contract.number or "")


def _holds(candidate: Candidate, operation: Unlinked) -> bool:
    """Whether an invoice's open rows hold all the goods of a shipment, or of a return."""
    back = operation.direction is Direction.RETURN
    rows: dict[str, Decimal] = {}
    for row in candidate.shipped if back else candidate.unshipped:
        rows[row.item] = rows.get(row.item, ZERO) + row.quantity
    return all(each.quantity <= rows.get(each.item, ZERO) for each in _summed(operation.goods))


def _summed(goods: Iterable[Goods]) -> Iterable[Goods]:
    sums: dict[str, Decimal] = {}
    for each in goods:
        sums[each.item] = sums.get(each.item, ZERO) + each.quantity
    return (Goods(item, quantity) for item, quantity in sums.items())


# -- who and with whom ---------------------------------------------------------------------------


def _concerns(candidate: Candidate, operation: Unlinked) -> bool:
    return (
        candidate.currency == operation.currency
        and _same(candidate.organisation, operation.organisation)
        and _same(candidate.party, operation.party)
    )


def _before(candidate: Candidate, operation: Unlinked) -> bool:
    return candidate.date.date() <= operation.date.date()


def _same(one: Organisation | Party, other: Organisation | Party) -> bool:
    """By ИНН, and by КПП or GUID; never across two ИНН, by name only where neither has one."""
    same_ref = bool(one.ref and other.ref and one.ref.lower() == other.ref.lower())
    if one.inn and other.inn:
        same_kpp = not one.kpp or not other.kpp or one.kpp == other.kpp
        return one.inn == other.inn and (same_kpp or same_ref)
    return same_ref or (not one.inn and not other.inn and one.name == other.name)


def _may_be(one: Contract | None, other: Contract | None) -> bool:
    """Whether two contracts may be the same; one that is not said may be any."""
    if one is None or other is None:
        return True
    if one.ref and other.ref:
        return one.ref.lower() == other.ref.lower()
    if one.number and other.number:
        return parts(one.number) == parts(other.number)
    return not one.name or not other.name or one.name == other.name

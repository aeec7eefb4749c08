"""What the matching is told and what it answers: typed frozen values, nothing of files or states.

Money is in the currency of the value that holds it and never negative: the direction tells whether
it adds.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import Enum

from msgspec import Struct

from converter.objects import Contract, Organisation, Party
from converter.values import ZERO


class Direction(Enum):
    """What an operation does to an invoice."""

    PAYMENT = "payment"
    REFUND = "refund"
    SHIPMENT = "shipment"
    RETURN = "return"


class Goods(Struct, frozen=True):
    """So much of an item; ``item`` is any name that both sides use for it."""

    item: str
    quantity: Decimal


class Candidate(Struct, frozen=True):
    """An invoice of the CRM's as it stands now.

    ``unpaid`` may still be paid, ``paid`` given back; ``unshipped`` and ``shipped`` are its rows by
    item, ``unshipped_sum`` and ``shipped_sum`` their money.
    """

    ref: str
    organisation: Organisation
    party: Party
    currency: str
    number: str
    date: datetime
    contract: Contract | None = None
    unpaid: Decimal = ZERO
    paid: Decimal = ZERO
    unshipped_sum: Decimal = ZERO
    shipped_sum: Decimal = ZERO
    unshipped: tuple[Goods, ...] = ()
    shipped: tuple[Goods, ...] = ()


class Unlinked(Struct, frozen=True):
    """An operation without an invoice: whom it is with, how much, and what it says in words."""

    direction: Direction
    organisation: Organisation
    party: Party
    currency: str
    date: datetime
    sum: Decimal
    contract: Contract | None = None
    purpose: str | None = None
    goods: tuple[Goods, ...] = ()


class Confidence(Enum):
    """How sure a proposal is. None of them changes anything by itself (SPEC §2)."""

    CERTAIN = "certain"
    PROPOSED = "proposed"


class Reason(Enum):
    """Why an invoice is proposed; the values stand in ``--json``."""

    NUMBER_AND_DATE = "number-and-date"
    NUMBER = "number"
    NUMBER_OTHER_DATE = "number-other-date"
    DATE = "date"
    GOODS = "goods"
    SUM = "sum"
    ONLY_OPEN = "only-open"


class Proposal(Struct, frozen=True):
    """An invoice for an operation, and how much of the operation it can take."""

    invoice: str
    sum: Decimal
    confidence: Confidence
    reasons: tuple[Reason, ...]

"""Operations without an invoice in words and as JSON: what is proposed, why, and what to type."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from converter.cli.invoice_rows import currency, kind_name, money
from converter.cli.words import say, word
from converter.views.operations import KnownOperation
from converter.views.unlinked import ProposalView, UnlinkedView
from converter.views.words import CERTAINTIES, REASONS

#: so many are shown to people, unless asked for all
SHOWN = 20


def lines(views: Sequence[UnlinkedView], verbose: bool) -> Iterator[str]:
    """What people see under ``status``: the operations with proposals and those tied in part, all
    of them with ``-v``."""
    if not views:
        return
    proposed = [view for view in views if view.proposals]
    yield say(
        f"Операций без счёта: {len(views)}, с предложениями: {len(proposed)}",
        f"Operations without an invoice: {len(views)}, with proposals: {len(proposed)}",
    )
    telling = [view for view in views if view.proposals or view.tied]
    shown = list(views) if verbose else telling[:SHOWN]
    for view in shown:
        yield from _operation(view)
    left = len(telling) - len(shown)
    if left > 0:
        yield "  " + say(f"… и ещё {left}: -v", f"… and {left} more: -v")


def operation_text(view: UnlinkedView | KnownOperation) -> str:
    """An operation as people know it."""
    date = view.date.date().isoformat()
    name = say(f"№ {view.number} от {date}", f"no. {view.number} of {date}")
    amount = f"{money(view.sum)} {currency(view.currency)}".rstrip()
    if isinstance(view, UnlinkedView) and view.tied:
        amount += say(f", привязано {money(view.tied)}", f", tied {money(view.tied)}")
    party = f", {view.counterparty}" if view.counterparty else ""
    return f"{kind_name(view.kind)} {name}{party}, {amount}"


def _operation(view: UnlinkedView) -> Iterator[str]:
    yield f"  {operation_text(view)}"
    if view.purpose:
        yield f"    «{' '.join(view.purpose.split())}»"
    for each in view.proposals:
        yield f"    {_proposal(each)}"
        yield f"      converter link {view.ref} {each.invoice}{_sum(view, each)}"


def _proposal(each: ProposalView) -> str:
    date = each.date.date().isoformat()
    why = ", ".join(word(REASONS, reason) for reason in each.reasons)
    amount, sure = money(each.sum), word(CERTAINTIES, each.certainty)
    return say(
        f"{sure}: счёт {each.number} от {date}, {amount} ({why})",
        f"{sure}: invoice {each.number} of {date}, {amount} ({why})",
    )


def _sum(view: UnlinkedView, each: ProposalView) -> str:
    return f" --sum {money(each.sum)}" if len(view.proposals) > 1 else ""


def unlinked_json(view: UnlinkedView) -> dict[str, Any]:
    """An operation without an invoice, with stable names (SPEC §7)."""
    return {
        "ref": view.ref,
        "kind": view.kind,
        "number": view.number,
        "date": view.date.isoformat(),
        "sum": money(view.sum),
        "tied": money(view.tied),
        "currency": view.currency,
        "counterparty": view.counterparty,
        "purpose": view.purpose,
        "proposals": [
            {"invoice": each.invoice, "number": each.number, **_why(each)}
            for each in view.proposals
        ],
    }


def proposed_json(found: Iterable[tuple[UnlinkedView, ProposalView]]) -> list[dict[str, Any]]:
    """What is proposed for one invoice, with stable names."""
    return [
        {
            "operation": view.ref,
            "kind": view.kind,
            "number": view.number,
            "date": view.date.isoformat(),
            **_why(each),
        }
        for view, each in found
    ]


def _why(each: ProposalView) -> dict[str, Any]:
    return {
        "sum": money(each.sum),
        "certainty": each.certainty,
        "reason": each.reasons[0],
        "reasons": list(each.reasons),
    }

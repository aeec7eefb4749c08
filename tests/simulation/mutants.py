"""Rules of PROTOCOL.md switched off, one at a time, and the history that each of them breaks.

A mutant replaces one function of the converter by one that does not know the rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from pytest import MonkeyPatch

from converter.exchange import (
    archive,
    deciding,
    from_crm,
    gathering,
    operations,
    publishing,
    session,
    shared,
    taking,
)
from converter.exchange.holding import drop_held
from converter.exchange.merge import Merged, merge
from converter.exchange.numbers import Verdict, judge
from converter.exchange.writing import Item
from converter.mapping.content import marks
from converter.problems import Problem
from converter.state import outbox, versions
from converter.state.bases import Base
from tests.simulation import test_histories as one_to_six
from tests.simulation import test_histories_of_faults as seven_to_twelve

Change = Callable[[MonkeyPatch], None]
History = Callable[..., None]


class Mutant(NamedTuple):
    """A rule left out; ``history`` is a test of it, called with ``arguments``."""

    name: str
    change: Change
    history: History
    arguments: Mapping[str, str] = MappingProxyType({})


# -- R1 ------------------------------------------------------------------------------------------


def writes_while_anything_waits(patch: MonkeyPatch) -> None:
    def is_due(base: Base, queue: list[Item]) -> bool:
        return base.owed or bool(queue)

    patch.setattr(deciding, "is_due", is_due)


def answers_acknowledgements(patch: MonkeyPatch) -> None:
    accepted = taking._accepted

    def _accepted(work: Any, given: Any, peeked: Any, number: int, objects: int) -> None:
        accepted(work, given, peeked, number, max(1, objects))

    patch.setattr(taking, "_accepted", _accepted)


# -- R2 ------------------------------------------------------------------------------------------


def forgets_what_is_on_the_way(patch: MonkeyPatch) -> None:
    patch.setattr(versions.Versions, "told", versions.Versions.known)


def settles_whatever_left(patch: MonkeyPatch) -> None:
    settle = versions.Versions.settle

    def all_of_it(self: Any, side: str, number: int) -> None:
        settle(self, side, 1 << 30)

    patch.setattr(versions.Versions, "settle", all_of_it)


# -- R3, R4 --------------------------------------------------------------------------------------


def knows_no_base(patch: MonkeyPatch) -> None:
    def baseless(incoming: Any, base: Any, current: Any, favoured: bool) -> Merged:
        return merge(incoming, None, current, favoured)

    patch.setattr(shared, "merge", baseless)


def counts_private_fields(patch: MonkeyPatch) -> None:
    patch.setattr(session, "marks", lambda record: (marks(record)[1],) * 2)


def drops_private_fields(patch: MonkeyPatch) -> None:
    patch.setattr(shared, "with_private", lambda record, owner: record)


# -- R5 ------------------------------------------------------------------------------------------


def writes_what_is_held(patch: MonkeyPatch) -> None:
    def items(work: Any, side: str) -> list[Item]:
        return [Item(each, None) for each in work.versions.due(side)]

    patch.setattr(deciding, "items", items)


def _never_drops(patch: MonkeyPatch, reason: str) -> None:
    def drop(work: Any, side: str, kind: str, ref: str, why: str) -> None:
        if why != reason:
            drop_held(work, side, kind, ref, why)

    patch.setattr(shared, "drop_held", drop)


def keeps_the_beaten(patch: MonkeyPatch) -> None:
    _never_drops(patch, "beaten")


def keeps_the_replaced(patch: MonkeyPatch) -> None:
    _never_drops(patch, "replaced")


# -- R6 ------------------------------------------------------------------------------------------


def judges_links_once(patch: MonkeyPatch) -> None:
    def invoice_changed(work: Any, ref: str, *records: Any) -> None:
        work.invoices[ref] = None

    patch.setattr(shared, "invoice_changed", invoice_changed)


def leaves_ghosts(patch: MonkeyPatch) -> None:
    give = operations._give

    def _give(work: Any, operation: Any, made: Any, shares: Any) -> bool:
        return made is not None and give(work, operation, made, shares)

    patch.setattr(operations, "_give", _give)


def lets_the_crm_invent(patch: MonkeyPatch) -> None:
    patch.setattr(from_crm.FromCrm, "_book", lambda self, name, element: None)


# -- R7, R8 --------------------------------------------------------------------------------------


def raises_no_alarm(patch: MonkeyPatch) -> None:
    def trusting(*arguments: Any) -> Verdict:
        verdict = judge(*arguments)
        return Verdict.LATE if isinstance(verdict, Problem) else verdict

    patch.setattr(taking, "judge", trusting)


def takes_whatever_comes(patch: MonkeyPatch) -> None:
    def trusting(*arguments: Any) -> Verdict:
        verdict = judge(*arguments)
        return Verdict.TAKE if isinstance(verdict, Problem) else verdict

    patch.setattr(taking, "judge", trusting)


def remembers_what_was_lost(patch: MonkeyPatch) -> None:
    patch.setattr(versions.Versions, "doubt_side", lambda self, side: None)


def takes_old_versions_for_edits(patch: MonkeyPatch) -> None:
    patch.setattr(versions.Versions, "former", lambda self, kind, ref: [])


def withdraws_nothing(patch: MonkeyPatch) -> None:
    from converter.exchange import taking

    patch.setattr(taking, "missing", lambda work, side: [])


# -- R9 to R12 -----------------------------------------------------------------------------------


def replays_nothing(patch: MonkeyPatch) -> None:
    def above(self: Any, number: int, **rest: Any) -> Iterator[Any]:
        return iter(())

    patch.setattr(archive.Archive, "above", above)


def writes_again_from_today(patch: MonkeyPatch) -> None:
    pieces = outbox.Outbox.pieces
    count = [0]

    def today(self: Any, number: int) -> Iterator[bytes]:
        count[0] += 1
        made = f"<msg:CreationDate>{datetime(2027, 1, 1, count[0] % 24):%Y-%m-%dT%H}".encode()
        for piece in pieces(self, number):
            yield piece.replace(b"<msg:CreationDate>2026-03-02T09", made)

    patch.setattr(outbox.Outbox, "pieces", today)


def puts_nothing_back(patch: MonkeyPatch) -> None:
    lies = publishing._lies_there

    def _lies_there(folder: Path, base: Base, name: str) -> bool:
        return base.stamp is not None or lies(folder, base, name)

    patch.setattr(publishing, "_lies_there", _lies_there)


def answers_no_greeting(patch: MonkeyPatch) -> None:
    patch.setattr(taking, "greet", lambda work, side: None)


def believes_the_latest_time(patch: MonkeyPatch) -> None:
    find = gathering._find

    def _find(*arguments: Any) -> list[Any]:
        return sorted(find(*arguments), key=lambda found: found.path.stat().st_mtime_ns)[-1:]

    patch.setattr(gathering, "_find", _find)


_CRM = {"conflicts": "crm"}
MUTANTS = (
    Mutant(
        "R1 writes while anything waits",
        writes_while_anything_waits,
        one_to_six.test_r1_nothing_is_written_anew_while_bp_is_away,
    ),
    Mutant(
        "R1 answers acknowledgements",
        answers_acknowledgements,
        one_to_six.test_r1_acknowledgements_are_not_acknowledged,
    ),
    Mutant(
        "R2 forgets what is on the way", forgets_what_is_on_the_way, one_to_six.test_r2_what_left
    ),
    Mutant(
        "R2 settles whatever left",
        settles_whatever_left,
        one_to_six.test_r2_an_acknowledgement_is_only_of_what_was_read,
    ),
    Mutant(
        "R3 knows no base",
        knows_no_base,
        one_to_six.test_r3_a_version_sent_again_does_not_beat_its_successor,
    ),
    Mutant(
        "R4 tells only who is not known to hold it",
        forgets_what_is_on_the_way,
        one_to_six.test_r4_the_winner_goes_also_to_the_side_that_made_it,
    ),
    Mutant(
        "R4 counts private fields",
        counts_private_fields,
        one_to_six.test_r4_private_fields_are_no_conflict,
        _CRM,
    ),
    Mutant(
        "R4 drops private fields",
        drops_private_fields,
        one_to_six.test_r4_private_fields_stay_from_a_losing_version,
    ),
    Mutant(
        "R5 writes what is held",
        writes_what_is_held,
        one_to_six.test_r5_bps_edit_meets_a_held_version,
    ),
    Mutant(
        "R5 keeps the beaten",
        keeps_the_beaten,
        one_to_six.test_r5_the_winning_side_drops_the_held_version,
    ),
    Mutant(
        "R5 keeps the replaced",
        keeps_the_replaced,
        one_to_six.test_r5_a_newer_version_stands_whatever_is_retried,
    ),
    Mutant(
        "R6 judges links once",
        judges_links_once,
        one_to_six.test_r6_an_operation_waits_for_its_invoice,
    ),
    Mutant(
        "R6 leaves ghosts", leaves_ghosts, one_to_six.test_r6_an_operation_that_is_moved_away_goes
    ),
    Mutant(
        "R6 lets the CRM invent",
        lets_the_crm_invent,
        one_to_six.test_r6_an_operation_that_the_crm_invented_is_deleted,
    ),
    Mutant(
        "R7 raises no alarm",
        raises_no_alarm,
        seven_to_twelve.test_r7_a_restored_crm_is_left_alone_and_bp_goes_on,
    ),
    Mutant(
        "R7 takes whatever comes",
        takes_whatever_comes,
        seven_to_twelve.test_r7_a_number_with_other_bytes_is_an_alarm,
    ),
    Mutant(
        "R7 is blind to gaps",
        raises_no_alarm,
        seven_to_twelve.test_r7_a_gap_in_the_numbers_hides_no_restore,
    ),
    Mutant(
        "R8 remembers what was lost",
        remembers_what_was_lost,
        seven_to_twelve.test_r8_what_a_restored_base_lost_comes_back,
        {"side": "bp"},
    ),
    Mutant(
        "R8 takes old versions for edits",
        takes_old_versions_for_edits,
        seven_to_twelve.test_r8_a_deleted_invoice_stays_deleted,
        {"side": "crm"},
    ),
    Mutant(
        "R8 withdraws nothing",
        withdraws_nothing,
        seven_to_twelve.test_r8_a_payment_of_the_lost_period_is_withdrawn,
    ),
    Mutant(
        "R9 replays nothing",
        replays_nothing,
        seven_to_twelve.test_r9_a_restored_state_replays_the_archive,
    ),
    Mutant(
        "R10 writes again from today",
        writes_again_from_today,
        seven_to_twelve.test_r11_a_lost_file_is_put_back,
    ),
    Mutant(
        "R11 puts nothing back",
        puts_nothing_back,
        seven_to_twelve.test_r11_a_lost_file_is_put_back,
    ),
    Mutant(
        "R11 answers no greeting",
        answers_no_greeting,
        seven_to_twelve.test_r11_a_greeting_is_answered_before_the_next_message,
    ),
    Mutant(
        "R12 believes the latest time",
        believes_the_latest_time,
        seven_to_twelve.test_r12_each_file_is_judged_by_its_own_number,
    ),
)

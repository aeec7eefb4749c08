"""Short histories with a BP that behaves as BP.md says; each habit is a switch of the world's."""

from __future__ import annotations

import json
from collections.abc import Callable
from decimal import Decimal

import pytest
from msgspec.structs import replace

from converter.mapping import traffic
from converter.mapping.traffic import TRAFFIC
from tests.mapping.book import CASH_IN
from tests.simulation.operations import Operation, Part
from tests.simulation.teller import Teller
from tests.simulation.things import BUYER_KEY, PARTY, Key, guid

Tell = Callable[..., Teller]


def paid(t: Teller, key: Key) -> int:
    """What the CRM was told to be paid of an invoice."""
    return int(t.crm.states()[key.ref].paid)


def told(t: Teller, key: Key) -> tuple[str | None, str | None]:
    """BP's own word on an invoice, as the CRM was told."""
    state = t.crm.states()[key.ref]
    return state.book_payment, state.book_shipment


def exchanged(t: Teller) -> Key:
    """An invoice that both bases hold and acknowledged."""
    one = t.new()
    t.x("crm", "bp", "crm")
    return one


# -- identity ------------------------------------------------------------------------------------


def test_bps_own_document_is_taken_over(tell: Tell) -> None:
    """It never comes to the CRM as an invoice of its own, and a payment of it counts."""
    t = tell(twins=True)
    one = t.new()
    own = t.twin(one)
    payment = t.pay(one)
    t.x("bp")
    t.x("crm", "bp", "crm")
    t.settle()
    assert t.bp.register.found(one) == one
    assert t.bp.register.found(own) is None
    assert t.crm.invoices() == [one]
    assert payment.ref in t.crm.operations()
    assert paid(t, one) == 100


def test_a_document_that_comes_after_its_twin_is_a_conflict(tell: Tell) -> None:
    """Whatever wins, nothing is lost unseen, and the CRM keeps its own GUID."""
    t = tell(twins=True)
    one = t.new()
    t.crm.send()
    t.world.converter_pass()
    ours = t.crm.marker(one)
    t.twin(one)
    theirs = t.bp.marker(one)
    t.bp.send()
    t.world.converter_pass()
    t.settle()
    assert {"alias", "conflict"} <= set(t.events())
    assert t.both(one) == (ours, ours)
    assert theirs in t.journal()


def test_a_restored_bp_gets_back_the_contract_that_it_had_filled_in(tell: Tell) -> None:
    """Its own document of the backup wins, and was completed with that contract."""
    t = tell(twins=True, fills=True, conflicts="bp")
    one = t.new()
    t.twin(one)
    theirs = t.bp.marker(one)
    t.x("crm")
    t.world.backups["bp"] = t.bp.backup()
    t.x("bp")
    t.world.restore("bp")
    t.settle()
    assert t.both(one) == (theirs, theirs)
    assert t.bp.objects[one].contract == t.crm.objects[one].contract is not None


def test_after_the_node_was_made_anew_edits_and_payments_still_come(tell: Tell) -> None:
    t = tell(twins=True, anew=True)
    one = t.new()
    own = t.twin(one)
    t.x("crm", "bp", "crm")
    t.settle()
    t.world.make_anew()
    t.x("bp")  # its complete contents, where a difference would be a conflict (R8)
    assert own.ref.encode() in t.bp.archive[-1].data
    edit = t.edit("bp", one)
    t.pay(one)
    t.x("bp", "crm")
    t.settle()
    assert t.crm.invoices() == [one]
    assert t.both(one) == (edit, edit)
    assert paid(t, one) == 100


def test_the_crm_keeps_its_buyer_when_bp_names_its_own(tell: Tell) -> None:
    """BP found the buyer by ИНН and КПП, and has another GUID for it."""
    t = tell(buyer=True, anew=True)
    one = exchanged(t)
    t.world.make_anew()
    t.x("bp")
    edit = t.edit("bp", one)
    t.x("bp", "crm")
    t.settle()
    assert t.crm.marker(one) == edit
    assert t.crm.objects[one].party.ref == BUYER_KEY.ref


def test_what_the_accountant_writes_into_bps_own_buyer_comes_to_the_crms(tell: Tell) -> None:
    t = tell(buyer=True, anew=True)
    watch = t.world.watch
    party = t.crm.edit_party(watch.edit(t.crm, Key(PARTY, BUYER_KEY.ref or ""), None))
    exchanged(t)
    t.world.make_anew()
    t.x("bp")
    edit = watch.edit(t.bp, party, t.bp.marker(party))
    t.bp.edit_party(party, edit)
    t.x("bp", "crm")
    t.settle()
    assert [key for key in t.crm.objects if key.type == PARTY] == [party]
    assert t.crm.marker(party) == edit


# -- what is left out of an edited invoice -------------------------------------------------------


@pytest.mark.parametrize("regroups", [False, True])
def test_what_bp_drops_stays_in_the_crm(tell: Tell, regroups: bool) -> None:
    """Attributes, characteristics and the stages of payment; rows come back to their places."""
    t = tell(regroups=regroups)
    one = t.crm.new_invoice(1, "c0", "p0", rows=2)
    t.world.watch.born.append(one)
    before = t.crm.objects[one]
    goods = tuple(replace(row, characteristic=f"цвет {row.line}") for row in before.goods)
    before = replace(before, goods=goods, address="Вымышленная, 1")
    t.crm.put(one, before)
    t.x("crm", "bp", "crm")
    kept = t.bp.objects[one]
    assert (kept.pay_by, kept.properties, kept.goods[0].characteristic) == (None, (), None)
    t.edit("bp", one)
    assert len(t.bp.objects[one].services) == regroups
    t.x("bp", "crm")
    t.settle()
    after = t.crm.objects[one]
    for name in ("pay_by", "interest", "client", "may_ship", "address"):
        assert getattr(after, name) == getattr(before, name)
    assert [(row.line, row.item, row.characteristic, row.unit) for row in after.goods] == [
        (row.line, row.item, row.characteristic, row.unit) for row in before.goods
    ]
    assert after.services == ()


def test_rows_that_bp_regrouped_are_no_edit_of_a_crm_that_sends_them_back(tell: Tell) -> None:
    """A service has a text, for which the CRM's goods have no place."""
    t = tell(regroups=True, crm_echoes=True)
    one = t.crm.new_invoice(1, "c0", "p0", rows=2)
    t.world.watch.born.append(one)
    t.x("crm", "bp")
    t.edit("bp", one)
    t.x("bp")
    edit = t.edit("bp", one, 160)
    t.bp.send()
    t.crm.sync()
    t.world.converter_pass()
    t.settle()
    assert t.both(one) == (edit, edit)
    assert "conflict" not in t.events()


def test_a_difference_is_bps_discount_and_its_sum_stands(tell: Tell) -> None:
    t = tell()
    one = exchanged(t)
    edit = t.world.watch.edit(t.bp, one, t.bp.marker(one))
    t.bp.edit_invoice(one, edit, 2, 150, discount=10)
    t.x("bp", "crm")
    assert t.crm.objects[one].total == 290
    assert '"DISCOUNT"' in json.dumps(t.world.bridge.journal(), default=str)
    t.crm.registered[one] = None  # the CRM writes the same version again, by which nothing changes
    t.settle()
    assert t.both(one) == (edit, edit)
    assert t.bp.objects[one].total == 290
    assert t.held() == []


# -- posting -------------------------------------------------------------------------------------


def test_what_bp_leaves_unposted_is_not_withdrawn_and_its_payments_count(tell: Tell) -> None:
    t = tell(leaves=True)
    one = t.new()
    t.crm.set_vat(one, False)
    t.pay(t.pointer(one))
    t.x("crm", "bp", "crm")
    assert one in t.bp.left
    t.settle()
    assert not t.crm.states()[one.ref].withdrawn
    assert paid(t, one) == 100
    t.bp.post(one)
    t.settle()
    assert not t.crm.states()[one.ref].withdrawn


def test_unposted_by_a_deletion_and_posted_again(tell: Tell) -> None:
    t = tell()
    one = exchanged(t)
    payment = t.pay(one)
    t.bp.unpost(one)
    t.x("bp", "crm")
    assert t.crm.invoices() == [one]
    assert t.crm.states()[one.ref].withdrawn
    t.bp.post(one)
    t.bp.unpost(payment)
    t.x("bp", "crm")
    assert not t.crm.states()[one.ref].withdrawn
    assert (paid(t, one), t.crm.operations()) == (0, {})
    t.bp.post(payment)
    t.x("bp", "crm")
    t.settle()
    assert (paid(t, one), [*t.crm.operations()]) == (100, [payment.ref])


# -- its own states ------------------------------------------------------------------------------


def test_bps_own_states_stand_beside_what_is_counted(tell: Tell) -> None:
    """Its "paid" does not fall back when the payment goes; what is counted does."""
    t = tell(says=True)
    one = exchanged(t)
    payment = t.pay(one, 200)
    t.x("bp", "crm")
    assert told(t, one) == ("Оплачен", "НеОтгружен")
    t.bp.drop(payment)
    t.x("bp", "crm")
    t.settle()
    assert told(t, one) == ("Оплачен", "НеОтгружен")
    assert (paid(t, one), t.crm.states()[one.ref].payment) == (0, "НеОплачен")


def test_bps_own_state_is_kept_while_the_crm_has_no_invoice(tell: Tell) -> None:
    """The CRM deletes it, BP is paid and edits before it hears of that, and BP wins."""
    t = tell(says=True, conflicts="bp")
    one = exchanged(t)
    t.delete(one)
    t.crm.send()
    t.world.converter_pass()
    t.pay(one, 50)
    t.bp.send()
    t.world.converter_pass()
    edit = t.edit("bp", one)
    t.bp.send()
    t.world.converter_pass()
    t.settle()
    assert t.crm.marker(one) == edit
    assert told(t, one) == ("ОплаченЧастично", "НеОтгружен")


# -- what it sends at all ------------------------------------------------------------------------


def test_bp_sends_what_we_say_that_we_receive(tell: Tell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Everything that the CRM gets is on the list; with a type left out BP keeps it to itself."""

    def told_with(*left_out: str) -> bool:
        listed = tuple(each for each in TRAFFIC if each.name not in left_out)
        monkeypatch.setattr(traffic, "TRAFFIC", listed)
        t.pay(one, 20)
        t.new()
        t.x("crm", "bp")  # BP reads our message and what it lists
        number = t.world.watch.number()
        cash = Operation(
            CASH_IN, guid(number), f"К-{number}", "o1", (Part(Decimal(5), t.bp.pointer(one)),)
        )
        key = t.bp.write_operation(cash)
        t.x("bp", "crm")
        return key.ref in t.crm.operations()

    t = tell(obeys=True)
    one = exchanged(t)
    assert told_with()
    assert not told_with(CASH_IN)


@pytest.mark.parametrize(
    "name",
    [
        "Документ.КорректировкаРеализацииТоваров",
        "Документ.КорректировкаДолга",
        "Документ.ЧекККМ",
    ],
)
def test_what_is_only_warned_of_is_asked_for_too(tell: Tell, name: str) -> None:
    """SPEC §2 warns of them, so BP must be told that they are received."""
    t = tell(obeys=True)
    exchanged(t)
    assert t.bp.wanted is not None
    assert name in t.bp.wanted


# -- ties ----------------------------------------------------------------------------------------


def test_a_tie_is_told_to_the_crm_and_taken_back(tell: Tell) -> None:
    t = tell()
    one = exchanged(t)
    payment = t.pay(None, 150)
    t.x("bp", "crm")
    assert t.crm.operations() == {}
    assert t.world.link(payment, one, "60") is None
    t.x("crm")
    assert paid(t, one) == 60
    assert t.world.unlink(payment) is None
    t.x("crm")
    t.settle()
    assert (paid(t, one), t.crm.operations()) == (0, {})


def test_bps_own_word_wins_over_a_tie(tell: Tell) -> None:
    t = tell()
    one, two = t.new(), t.new()
    t.x("crm", "bp", "crm")
    payment = t.pay(None, 150)
    t.x("bp", "crm")
    assert t.world.link(payment, one) is None
    t.x("crm")
    t.bp.move(payment, t.world.watch.marker("o"), t.bp.pointer(two))
    t.x("bp", "crm")
    t.settle()
    assert (paid(t, one), paid(t, two)) == (0, 150)
    assert t.world.unlink(payment) == "not tied"
    t.bp.move(payment, t.world.watch.marker("o"), None)
    t.settle()
    assert (paid(t, one), paid(t, two)) == (0, 0)


def test_ties_are_never_more_than_the_operation(tell: Tell) -> None:
    t = tell()
    one, two = t.new(), t.new()
    t.x("crm", "bp", "crm")
    payment = t.pay(None, 150)
    t.x("bp", "crm")
    assert t.world.link(payment, one, "100") is None
    assert t.world.link(payment, two, "60") == "more than is left of the operation"
    assert t.world.link(payment, two) is None  # as much as is left
    t.x("crm")
    assert (paid(t, one), paid(t, two)) == (100, 50)
    old: Operation = t.bp.objects[payment]
    t.bp.write_operation(old._replace(parts=(Part(Decimal(110)),), marker="o9"))
    t.x("bp", "crm")
    t.settle()
    assert (paid(t, one), paid(t, two)) == (100, 10)


def test_a_tie_survives_a_restored_state(tell: Tell) -> None:
    t = tell()
    one = exchanged(t)
    payment = t.pay(None, 150)
    t.x("bp", "crm")
    t.world.backup_state()
    assert t.world.link(payment, one) is None
    t.world.restore_state()
    t.x("crm")
    t.settle()
    assert paid(t, one) == 150

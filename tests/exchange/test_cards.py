"""BP's cards, counterparties and contracts at the CRM: taken, kept back, deleted (SPEC §1, §2, §4)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.exchange.conftest import Make
from tests.exchange.test_enterprise_crm import spoken
from tests.exchange.test_invoices import BILL, CARDS, CLIENT, DEAL, ORDER, PARTY
from tests.exchange.test_operations import deleted
from tests.exchange.test_told import SELLERS, Told, told, warned
from tests.exchange.world import BOOK, World, fields, text
from tests.mapping.book import (
    BUYER,
    CONTRACT,
    FOREIGN_INVOICE,
    INVOICE,
    SELLER,
    TABLE,
    crm_counterparty,
    crm_deletion,
    crm_invoice,
    el,
    guid,
    organisation,
    party,
    val,
)
from tests.mapping.orders import contract
from tests.mapping.orders import crm_invoice as order
from tests.messages import guid as other_guid

REF = "КлючевыеСвойства/Ссылка"
CURRENCY = other_guid(61)
CURRENCIES, ACCOUNTS = "Справочник.Валюты", "Справочник.БанковскиеСчета"


def card(ref: str | None, comment: str = "из БП", **more: Any) -> str:
    """A counterparty as BP writes it."""
    return el(PARTY, el("КлючевыеСвойства", party(ref, **more)), BOOK.common(comment=comment))


def began(world: World, *objects: str) -> None:
    world.crm.send(*(objects or (crm_invoice(),)))
    world.run()
    world.calm(1)


def with_contract(make: Make, calm: int = 1) -> World:
    """A CRM that says its contracts, and has said one with its invoice."""
    world = spoken(make)
    world.crm.send(order("1.3"), contract("1.3"))
    world.run()
    world.calm(calm)
    return world


# -- counterparties ------------------------------------------------------------------------------


def test_a_counterparty_that_the_crm_names_without_a_guid_gets_that_of_bp(world: World) -> None:
    began(world, crm_invoice(buyer=party(None)))
    world.bp.send(card(None))
    assert world.run().status == 1
    (held,) = world.held()
    assert (held.kind, held.ref) == (PARTY, "9988002026/998801002")
    assert [told(each) for each in held.reasons()] == [Told("FIELD_MISSING", REF, PARTY, PARTY)]
    world.retry()
    assert world.held() == [held]
    world.x("bp", card(guid(62)))
    assert world.held() == []
    known = world.crm.read().one(PARTY)
    assert (text(known, REF), text(known, "Комментарий")) == (guid(62), "из БП")
    world.x("bp", BOOK.payment(buyer=party(guid(62), "Иначе", None)))
    assert world.crm.read().all("Документ.ТорговаяОперация")
    world.x("bp", BOOK.deletion("КонтрагентыСсылка", guid(62).upper()))
    assert deleted(world.crm.read()) == [(PARTY, guid(62))]


def test_a_counterparty_deleted_in_bp_and_one_that_is_bps_own(world: World) -> None:
    began(world)
    world.x("bp", BOOK.deletion("КонтрагентыСсылка", guid(300)))
    assert world.crm.read().names == []
    world.x("bp", BOOK.deletion("КонтрагентыСсылка", BUYER))
    assert deleted(world.crm.read()) == [(PARTY, BUYER)]
    world.x("bp")
    assert world.bp.read().names == []


def test_bps_counterparty_under_another_guid_keeps_the_crms(world: World) -> None:
    began(world, crm_counterparty(), crm_invoice())
    world.x("bp", card(guid(62)))
    known = world.crm.read().one(PARTY)
    assert (text(known, REF), text(known, "Комментарий")) == (BUYER, "из БП")
    world.calm(1)
    sent = world.row("crm").sent
    world.x("bp", card(guid(63), "чужой", name="Другой ООО", inn="9988003037"))
    assert world.row("crm").sent == sent


def test_of_two_counterparties_with_one_inn_neither_is_meant_by_that(world: World) -> None:
    began(world, crm_invoice(), crm_invoice(guid(61), "СЧ-2", buyer=party(guid(60))))
    sent = world.row("crm").sent
    world.x("bp", card(guid(62)))
    assert world.row("crm").sent == sent
    world.x("bp", card(guid(60)))
    assert text(world.crm.read().one(PARTY), REF) == guid(60)


def test_a_counterparty_that_came_to_have_the_guid_of_bp_is_meant_by_it(world: World) -> None:
    began(world, crm_invoice(buyer=party(None)))
    world.x("bp", card(guid(62)))
    world.calm(1)
    world.x("crm", crm_invoice(buyer=party(guid(62))))
    world.calm(1)
    world.x("bp", card(guid(62), "ещё"))
    known = world.crm.read().one(PARTY)
    assert (text(known, REF), text(known, "Комментарий")) == (guid(62), "ещё")


def test_what_bp_does_not_say_of_a_counterparty_stays(world: World) -> None:
    phone = val("Телефон", "+7 000 000-00-00")
    began(world, crm_counterparty(after=CLIENT + phone), crm_invoice())
    world.x("bp", card(BUYER))
    known = fields(world.crm.read().one(PARTY))
    assert known == {"Телефон": "+7 000 000-00-00", "Комментарий": "из БП"}
    world.calm(1)
    world.x("bp", card(BUYER, "ещё"))
    assert text(world.crm.read().one(PARTY), "Клиент/Наименование") == "Пример"


def test_an_unreadable_counterparty_of_bps_own_is_nobodys(world: World) -> None:
    began(world)
    own = el(PARTY, el("КлючевыеСвойства", val("Ссылка", guid(300))))
    invoice = BOOK.invoice(FOREIGN_INVOICE, "много", number="БП-7")
    nameless = el(PARTY, val("Комментарий", "-"))
    world.bp.send(own, invoice, nameless)
    assert world.run().status == 0
    assert world.held() == []


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_an_edit_against_an_edit_of_a_counterparty(make: Make, side: str) -> None:
    world = make(conflicts=side)
    began(world, crm_counterparty(), crm_invoice())
    world.bp.send(card(BUYER))
    world.crm.send(crm_counterparty(after=val("Комментарий", "из CRM")))
    world.run()
    if side == "crm":
        assert "из CRM" in world.bp.read().data.decode()
        assert world.crm.read().names == []
    else:
        assert text(world.crm.read().one(PARTY), "Комментарий") == "из БП"
        assert world.bp.read().names == []


# -- cards that BP alone writes ------------------------------------------------------------------


def test_cards_deleted_in_bp_are_deleted_at_the_crm_once(world: World) -> None:
    world.x("bp", *CARDS)
    world.calm(1)
    gone = (
        BOOK.deletion("ОрганизацииСсылка", SELLER), BOOK.deletion("НоменклатураСсылка", TABLE),
        BOOK.deletion("ВалютыСсылка", CURRENCY.upper()), BOOK.deletion("ВалютыСсылка", guid(99)),
    )  # fmt: skip
    world.x("bp", *gone)
    assert deleted(world.crm.read()) == [
        (CURRENCIES, CURRENCY), (SELLERS, SELLER), ("Справочник.Номенклатура", TABLE),
    ]  # fmt: skip
    world.calm(1)
    sent = world.row("crm").sent
    world.x("bp", *gone)
    assert world.row("crm").sent == sent
    world.x("bp", CARDS[0])
    assert world.crm.read().names == [SELLERS]


def test_a_card_is_deleted_by_the_letters_of_its_guid(world: World) -> None:
    upper = [
        each.replace(SELLER, SELLER.upper()).replace(CURRENCY, CURRENCY.upper()) for each in CARDS
    ]
    world.x("bp", *upper)
    world.calm(1)
    world.x(
        "bp", BOOK.deletion("ОрганизацииСсылка", SELLER), BOOK.deletion("ВалютыСсылка", CURRENCY)
    )
    assert deleted(world.crm.read()) == [
        (CURRENCIES, CURRENCY.upper()), (SELLERS, SELLER.upper()),
    ]  # fmt: skip


def test_a_held_card_that_is_deleted_is_dropped(world: World) -> None:
    world.x("bp", CARDS[0])
    world.calm(1)
    world.bp.send(el(SELLERS, el("КлючевыеСвойства", val("Ссылка", SELLER))))
    assert world.run().status == 1
    assert [each.key for each in world.held()] == [f"{SELLERS} {SELLER}"]
    world.bp.send(BOOK.deletion("ОрганизацииСсылка", SELLER))
    assert world.run().status == 0
    assert world.held() == []
    (line,) = world.journal("dropped")
    assert (line["side"], line["kind"], line["ref"]) == ("bp", SELLERS, SELLER)


def test_a_good_card_takes_the_place_of_the_held_one(world: World) -> None:
    world.bp.send(el(SELLERS, el("КлючевыеСвойства", val("Ссылка", SELLER))))
    world.run()
    world.bp.send(CARDS[0])
    assert world.run().status == 0
    assert world.held() == []
    (line,) = world.journal("dropped")
    assert (line["kind"], line["ref"], line["details"]["why"]) == (SELLERS, SELLER, "replaced")
    assert world.crm.read().names == [SELLERS]


def test_a_card_that_says_too_little_is_not_passed_and_not_held(world: World) -> None:
    world.x("bp", CARDS[2])
    world.calm(1)
    sent = world.row("crm").sent
    nameless = CARDS[2].replace("<Код>643</Код>", "")
    world.bp.send(nameless)
    assert world.run().status == 0
    assert world.held() == []
    place = f"{CURRENCIES} {CURRENCY}"
    reason = {"ru": "нет кода", "en": "no code"}
    assert warned(world) == [
        ("bp", CURRENCIES, CURRENCY, "NOT_PASSED", ["", 4, place, "КлючевыеСвойства", place],
         {"reason": reason}),
    ]  # fmt: skip
    own = el(ACCOUNTS, el("КлючевыеСвойства", val("Ссылка", guid(90)), BOOK.account(
        el("КонтрагентыСсылка", party()))))  # fmt: skip
    world.bp.send(own)
    assert world.run().status == 0
    assert (len(warned(world)), world.row("crm").sent) == (1, sent)


def test_a_card_that_bp_writes_again_is_not_told_again(world: World) -> None:
    world.x("bp", *CARDS)
    world.calm(1)
    world.x("bp", *CARDS, CARDS[0].replace("998801001", "998801999"))
    letter = world.crm.read()
    assert letter.names == [SELLERS]
    assert text(letter.objects[0], "КлючевыеСвойства/КПП") == "998801999"


# -- contracts -----------------------------------------------------------------------------------


def test_contracts_of_bps_do_not_reach_a_crm_that_has_none(world: World) -> None:
    began(world, crm_invoice(contract=DEAL))
    known = el("Справочник.Договоры", el("КлючевыеСвойства", BOOK.contract(number="18-М")))
    world.x("bp", known, BOOK.deletion("ДоговорыСсылка", CONTRACT))
    assert world.crm.read().names == []
    assert world.bp.read().names == []
    world.x("crm", crm_invoice(guid(5), "СЧ-5", contract=DEAL))
    assert world.bp.read().names == [ORDER]


def test_what_bp_leaves_out_of_a_contract_stays(make: Make) -> None:
    world = with_contract(make)
    sent = world.row("crm").sent
    world.x("bp", contract("1.19").replace("<Номер>17-М</Номер>", ""))
    assert world.row("crm").sent == sent
    world.x("bp", contract("1.19").replace("<Номер>17-М</Номер>", "").replace("Поставка", "Услуги"))
    key = world.crm.read().one("Справочник.Договоры").find("{*}КлючевыеСвойства")
    assert key is not None
    assert (fields(key)["Номер"], fields(key)["Наименование"]) == ("17-М", "Услуги")


def test_what_the_crm_leaves_out_of_a_contract_stays(make: Make) -> None:
    world = with_contract(make)
    sent = world.row("bp").sent
    world.x("crm", contract("1.3").replace("<Номер>17-М</Номер>", ""))
    assert world.row("bp").sent == sent


def test_a_contract_that_the_crm_said_without_a_guid_is_held(make: Make) -> None:
    world = spoken(make)
    world.crm.send(contract("1.3").replace(f"<Ссылка>{CONTRACT}</Ссылка>", "", 1))
    world.run()
    (held,) = world.held()
    assert (held.side, held.kind, held.version) == ("crm", "Справочник.Договоры", "1.3")
    (problem,) = held.reasons()
    assert told(problem) == Told("FIELD_MISSING", REF, "Справочник.Договоры", "Справочник.Договоры")


def test_contracts_of_a_restored_crm_that_were_not_changed(make: Make) -> None:
    world = with_contract(make)
    world.bp.send(contract("1.19").replace("17-М", "18-М"))
    world.run()
    world.calm(1)
    world.restored("crm", received=0)
    world.x("crm", order("1.3"), contract("1.3"))
    letter = world.crm.read()
    assert text(letter.one("Справочник.Договоры"), "КлючевыеСвойства/Номер") == "18-М"
    assert world.journal("conflict") == []


def test_a_restored_crm_is_given_the_contracts_that_it_lost(make: Make) -> None:
    world = with_contract(make, calm=2)
    world.restored("crm", received=0)
    world.crm.read()
    world.x("crm", order("1.3"))
    assert world.crm.read().all("Справочник.Договоры")


# -- another GUID of an invoice ------------------------------------------------------------------


def test_a_deleted_invoice_that_bp_has_under_another_guid(world: World) -> None:
    began(world)
    world.x("crm", crm_deletion(BILL, INVOICE))
    world.calm(1)
    world.x("bp", BOOK.invoice(FOREIGN_INVOICE))
    (line,) = world.journal("alias")
    assert (line["kind"], line["ref"], line["details"]) == (
        BILL, INVOICE, {"other": FOREIGN_INVOICE},
    )  # fmt: skip
    place = ["", 4, f"{BILL} № СЧ-1", REF, f"{BILL} {FOREIGN_INVOICE}"]
    assert warned(world) == [("bp", BILL, INVOICE, "ALIAS", place, {"other": FOREIGN_INVOICE})]
    world.x("bp", BOOK.invoice(FOREIGN_INVOICE), BOOK.invoice())
    assert len(world.journal("alias")) == len(warned(world)) == 1


def test_an_organisation_without_inn_is_written_whole(world: World) -> None:
    world.x("bp", el(SELLERS, el("КлючевыеСвойства", organisation(inn=None))))
    key = world.crm.read().one(SELLERS).find("{*}КлючевыеСвойства")
    assert key is not None
    assert fields(key) == {
        "Ссылка": SELLER, "Наименование": "Выдуманная мебель ООО", "КПП": "998801001",
        "ЮридическоеФизическоеЛицо": "ЮридическоеЛицо",
    }  # fmt: skip

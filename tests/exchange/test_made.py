"""Cards that are made from the CRM's invoices, and follow what those say (SPEC §1, §3)."""

from __future__ import annotations

import pytest

from tests.exchange.conftest import Make
from tests.exchange.test_cards import began, card
from tests.exchange.test_invoices import BILL, ORDER, PARTY
from tests.exchange.test_operations import deleted
from tests.exchange.test_recovery import rebuilt
from tests.exchange.world import BOOK, Letter, World, text
from tests.mapping.book import (
    BUYER,
    CONTRACT,
    crm_counterparty,
    crm_deletion,
    crm_invoice,
    crm_row,
    el,
    guid,
    party,
    val,
)

DEALS = "Справочник.Договоры"
NAME, INN = "КлючевыеСвойства/Наименование", "КлючевыеСвойства/ИНН"
OLD, NEW = "Пример-Строй ООО", "Пример-Стройка ООО"
RIGHT = "9988003037"


def bill(number: int, name: str = OLD, **more: str) -> str:
    """An invoice of its own, to a client of this name."""
    inn = more.pop("inn", "9988002026")
    ref, named = guid(60 + number), f"СЧ-{60 + number}"
    return crm_invoice(ref, named, buyer=party(BUYER, name, inn), **more)


def named(letter: Letter | None) -> list[tuple[str | None, str | None]]:
    """Name and ИНН of each counterparty's card in a message."""
    assert letter is not None
    return [(text(each, NAME), text(each, INN)) for each in letter.all(PARTY)]


def said(world: World, *objects: str) -> list[tuple[str | None, str | None]]:
    """The CRM says this, and BP is given these cards of counterparties."""
    world.x("crm", *objects)
    cards = named(world.bp.read())
    world.calm(1)
    return cards


def withdrawn(world: World) -> list[str | None]:
    """What lies there for BP to be deleted."""
    letter = world.bp.look()
    assert letter is not None
    path = "СсылкаНаОбъект/СсылкаНаОбъект/КонтрагентыСсылка"
    return [text(each, path) for each in letter.all("УдалениеОбъекта")]


# -- a counterparty is called otherwise ------------------------------------------------------------


def test_a_counterparty_that_another_invoice_names_otherwise_reaches_bp(world: World) -> None:
    began(world, bill(1, inn="9988002027"))
    world.close()
    assert said(world, bill(2, NEW, inn=RIGHT)) == [(NEW, RIGHT)]
    assert said(world, bill(3, NEW, inn=RIGHT)) == []
    assert said(world, bill(1, OLD, inn=RIGHT)) == [(OLD, RIGHT)]


def test_an_edited_invoice_names_its_counterparty_otherwise(world: World) -> None:
    began(world, bill(1))
    assert said(world, bill(1, NEW)) == [(NEW, "9988002026")]


def test_a_rebuilt_state_knows_which_cards_were_made(world: World) -> None:
    began(world, bill(1), crm_counterparty(guid(50), name="Своя", inn=None))
    rebuilt(world)
    others = crm_invoice(guid(70), "СЧ-70", buyer=party(guid(50), "Иначе", None))
    assert said(world, bill(2, NEW), others) == [(NEW, "9988002026")]


def test_an_older_invoice_brings_no_older_name_back(world: World) -> None:
    began(world, bill(1))
    world.x("crm", bill(2, NEW), bill(1))
    assert named(world.bp.look()) == [(NEW, "9988002026")]
    world.calm(1)
    assert said(world, bill(1, after=val("Комментарий", "правка"))) == []
    assert said(world, bill(1), bill(2, NEW)) == []


def test_one_that_was_held_may_be_older_than_what_is_said_since(make: Make) -> None:
    world = make(version="auto")
    world.bp.send(versions=("1.8",))
    world.run()
    world.x("crm", bill(3))
    world.x("crm", bill(1, goods=crm_row(vat="НДС22", vat_sum="36.07")))
    assert world.errors() == ["VAT_NOT_IN_VERSION"]
    world.x("crm", bill(2, NEW))
    world.x("bp")  # in a higher version
    assert world.held() == []
    letter = world.bp.read()
    assert (named(letter), len(letter.all(ORDER))) == ([], 1)


def test_a_card_that_the_crm_sent_is_not_changed_by_its_invoices(world: World) -> None:
    began(world, bill(1), crm_counterparty(BUYER))
    assert said(world, bill(2, NEW)) == []
    assert said(world, crm_counterparty(BUYER, name=NEW)) == [(NEW, "9988002026")]
    assert said(world, bill(3)) == []


def test_a_card_sent_after_it_was_made_takes_over(world: World) -> None:
    began(world, bill(1))
    sent = world.row("bp").sent
    world.x("crm", crm_counterparty(BUYER))
    assert world.row("bp").sent == sent  # BP has it as it is
    assert said(world, bill(2, NEW)) == []


# -- what BP wrote ---------------------------------------------------------------------------------


def test_what_bp_corrected_is_not_undone_until_the_crm_says_something_new(world: World) -> None:
    began(world, bill(1))
    world.x("bp", card(BUYER, "из БП", name="В БП иначе"))
    world.calm(1)
    assert said(world, bill(2)) == []
    assert said(world, bill(2, after=val("Комментарий", "правка"))) == []
    world.x("crm", bill(3, NEW))
    given = world.bp.read().one(PARTY)
    assert (text(given, NAME), "из БП" in given.xpath("string()")) == (NEW, True)
    world.calm(1)
    assert world.journal("conflict") == []
    assert said(world, bill(3, "В БП иначе")) == [("В БП иначе", "9988002026")]


def test_what_bp_wrote_beside_the_name_still_comes_to_the_crm(world: World) -> None:
    began(world, bill(1))
    world.bp.send(card(BUYER, "из БП"))
    world.run()
    world.crm.send(bill(2, NEW))
    world.run()
    assert named(world.bp.read()) == [(NEW, "9988002026")]
    known = world.crm.read().one(PARTY)
    assert (text(known, NAME), text(known, "Комментарий")) == (NEW, "из БП")
    assert world.journal("conflict") == []


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_both_sides_give_another_name_at_once(make: Make, side: str) -> None:
    world = make(conflicts=side)
    began(world, bill(1))
    world.bp.send(card(BUYER, "из БП", name="В БП иначе"))
    world.run()
    world.crm.send(bill(2, NEW))
    world.run()
    (line,) = world.journal("conflict")
    assert (line["kind"], line["details"]["winner"]) == (PARTY, side)
    wins = NEW if side == "crm" else "В БП иначе"
    assert [name for name, _ in named(world.bp.read())] == ([NEW] if side == "crm" else [])
    assert text(world.crm.read().one(PARTY), NAME) == wins
    world.calm(1)
    assert said(world, bill(3, NEW)) == []


def test_both_sides_give_the_same_name_at_once(world: World) -> None:
    began(world, bill(1))
    world.bp.send(card(BUYER, "из БП", name=NEW))
    world.run()
    world.crm.send(bill(2, NEW))
    world.run()
    assert named(world.bp.read()) == []
    assert text(world.crm.read().one(PARTY), "Комментарий") == "из БП"
    assert world.journal("conflict") == []


def edited(number: int, total: str, name: str) -> str:
    """An invoice as BP edits it."""
    row = BOOK.goods_row(quantity=str(int(total) // 100), sum=total, vat_sum=None)
    buyer = party(BUYER, name)
    return BOOK.invoice(
        guid(60 + number), total, goods=row, number=f"СЧ-{60 + number}", buyer=buyer
    )


def test_a_repeated_invoice_says_nothing_whatever_bp_made_of_it(world: World) -> None:
    began(world, bill(1))
    assert said(world, bill(2, NEW)) == [(NEW, "9988002026")]
    world.x("bp", edited(1, "300", NEW))
    world.crm.send(bill(1))  # before it has read that
    world.bp.send()
    world.run()
    assert named(world.bp.read()) == []


def test_an_edit_that_is_beaten_names_its_counterparty_all_the_same(make: Make) -> None:
    world = make(conflicts="bp")
    began(world, bill(1))
    world.bp.send(edited(1, "300", OLD))
    world.run()
    world.crm.send(bill(1, NEW))
    world.run()
    (line,) = world.journal("conflict")
    assert (line["kind"], line["details"]["winner"]) == (BILL, "bp")
    assert named(world.bp.read()) == [(NEW, "9988002026")]


# -- contracts -------------------------------------------------------------------------------------


def test_a_contract_that_another_invoice_names_otherwise_reaches_bp(world: World) -> None:
    deal = val("Ссылка", CONTRACT) + val("Наименование", "Поставка")
    began(world, bill(1, contract=deal + val("Номер", "17-М")))
    world.x("crm", bill(2, contract=deal + val("Номер", "18-М"), currency="840"))
    given = world.bp.read()
    assert named(given) == []
    key = "КлючевыеСвойства"
    (changed,) = given.all(DEALS)
    assert text(changed, f"{key}/Номер") == "18-М"
    assert text(changed, f"{key}/ВалютаВзаиморасчетов/ДанныеКлассификатора/Код") == "643"
    world.calm(1)
    world.x("crm", bill(3, contract=deal + val("Номер", "18-М")))
    assert world.bp.read().all(DEALS) == []


# -- what was deleted ------------------------------------------------------------------------------


@pytest.mark.parametrize("read", [False, True])
def test_an_invoice_brings_a_deleted_counterparty_back(world: World, read: bool) -> None:
    began(world, crm_counterparty(BUYER, after=val("Телефон", "8 900")), bill(1))
    world.x("crm", crm_deletion(PARTY, BUYER))
    assert withdrawn(world) == [BUYER]
    if read:
        world.calm(1)
    world.x("crm", bill(2, NEW))
    assert withdrawn(world) == []
    given = world.bp.read()
    assert (named(given), len(given.all(ORDER))) == ([(NEW, "9988002026")], 1)
    assert "8 900" in given.one(PARTY).xpath("string(.//*[local-name()='ЗначенияПолей'])")
    world.calm(1)
    assert world.crm.look() is not None and not world.crm.read().names
    assert said(world, bill(3)) == [(OLD, "9988002026")]


def test_so_does_an_invoice_that_had_it_and_is_edited_after_the_deletion(world: World) -> None:
    began(world, bill(1), bill(2))
    world.x("crm", bill(2), crm_deletion(PARTY, BUYER))
    assert withdrawn(world) == [BUYER]
    world.x("crm", bill(1))  # it says nothing new
    assert withdrawn(world) == [BUYER]
    world.x("crm", bill(1, after=val("Комментарий", "правка")))
    assert withdrawn(world) == []
    assert named(world.bp.read()) == [(OLD, "9988002026")]


def test_what_bp_deleted_comes_back_for_a_new_invoice_alone(world: World) -> None:
    began(world, bill(1))
    world.x("bp", BOOK.deletion("КонтрагентыСсылка", BUYER))
    world.crm.send(bill(1, after=val("Комментарий", "правка")), received_no=0)
    world.run()
    assert named(world.bp.read()) == []
    world.crm.send(bill(2), received_no=0)
    world.run()
    assert named(world.bp.read()) == [(OLD, "9988002026")]
    assert world.crm.look() is not None and deleted(world.crm.read()) == []


# -- a restored CRM --------------------------------------------------------------------------------


def test_an_invoice_of_a_backup_brings_no_older_name_back(world: World) -> None:
    began(world, bill(1))
    assert said(world, bill(1, NEW)) == [(NEW, "9988002026")]
    world.restored("crm", world.crm.received)
    assert said(world, bill(1), bill(2)) == []
    assert said(world, bill(3, "Третье ООО")) == [("Третье ООО", "9988002026")]


# -- BP itself gives an invoice another counterparty, or another contract ---------------------------

OWN = party(guid(44), "Другой ООО", RIGHT)


def given_to_own(world: World) -> None:
    """BP gives the CRM's invoice to a counterparty of its own, and the CRM reads of it."""
    began(world)
    world.x("bp", BOOK.invoice(buyer=OWN))
    assert text(world.crm.read().one(BILL), "Контрагент/Наименование") == "Другой ООО"
    world.calm(1)


def test_a_counterparty_of_bps_own_is_not_sent_back_to_it(world: World) -> None:
    """BP would overwrite its own card with the few words that stand in the invoice."""
    given_to_own(world)
    assert said(world, crm_invoice(buyer=OWN, after=val("Комментарий", "Позвонить"))) == []


def test_the_crm_hears_of_it_from_now_on(world: World) -> None:
    given_to_own(world)
    new = OWN.replace("Другой ООО", "Другая фирма ООО")
    world.x("bp", el(PARTY, el("КлючевыеСвойства", new)))
    assert named(world.crm.read()) == [("Другая фирма ООО", RIGHT)]
    world.calm(1)
    assert said(world, crm_invoice(buyer=OWN, after=val("Комментарий", "Позвонить"))) == []
    assert said(world, crm_invoice(buyer=OWN.replace(RIGHT, "9988002026"))) == [
        ("Другой ООО", "9988002026")
    ]


def test_nor_is_a_contract_of_bps_own(world: World) -> None:
    began(world)
    own = BOOK.settlement(BOOK.contract(guid(45), "БП-17"))
    world.x("bp", BOOK.invoice().replace(BOOK.settlement(), own))
    assert text(world.crm.read().one(BILL), "Договор/Номер") == "БП-17"
    world.calm(1)
    told = val("Ссылка", guid(45)) + val("Наименование", "Поставка") + val("Номер", "БП-17")
    told += val("Дата", "2025-11-20T00:00:00")
    world.x("crm", crm_invoice(contract=told, after=val("Комментарий", "Позвонить")))
    assert world.bp.read().names == [ORDER]

"""An exchange with a CRM that speaks EnterpriseData itself (SPEC §3, last part; §4, greeting).

Every message of ours that is read is judged by the official schema of its side.
"""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from lxml import etree
from msgspec.structs import replace

from converter.formats import enterprise_data
from tests.exchange.conftest import Make
from tests.exchange.test_greetings import PEER, is_greeting
from tests.exchange.world import BOOK, Letter, World, text
from tests.mapping.book import (
    BANK_IN,
    CONTRACT,
    FOREIGN_INVOICE,
    INVOICE,
    OPERATION,
    OTHER_INVOICE,
    OTHER_OPERATION,
    SHIPMENT,
    Book,
    el,
    invoice_key,
    key,
)
from tests.mapping.orders import (
    BILL,
    ORDER,
    PHONE,
    contact,
    contract,
    crm_counterparty,
    crm_invoice,
)

PAID, SENT = "Справочник.СостояниеОплатыЗаказа", "Справочник.СостояниеОтгрузкиЗаказа"
ZAKAZ = f"Документ.{ORDER}"


def spoken(make: Make, version: str = "1.3", invoice: str = ORDER, book: str = "1.19") -> World:
    """A world whose CRM speaks EnterpriseData of a version, and BP that of ``book``."""
    crm = {"format": "enterprisedata", "version": version, "invoice": invoice}
    return make(crm=crm, version=book)


def began(world: World, *objects: str, version: str = "1.3") -> None:
    """An invoice that both know, and whatever else."""
    world.crm.send(crm_invoice(version), *objects)
    world.run()
    world.calm(2)


def letter_of(world: World, side: str) -> Letter:
    """Our message that lies there for a side."""
    found = world.crm.look() if side == "crm" else world.bp.look()
    assert found is not None
    return found


def types(*names: str, receiving: str = "*") -> str:
    """AvailableObjectTypes that receives these and no others."""
    each = "".join(
        f"<msg:ObjectType><msg:Name>{name}</msg:Name><msg:Sending>*</msg:Sending>"
        f"<msg:Receiving>{receiving}</msg:Receiving></msg:ObjectType>"
        for name in names
    )
    return f"<msg:AvailableObjectTypes>{each}</msg:AvailableObjectTypes>"


def comments(element: etree._Element) -> list[str | None]:
    return [each.text for each in element.iterfind(".//{*}Комментарий")]


# -- there and back ------------------------------------------------------------------------------


@pytest.mark.parametrize("version", enterprise_data().versions)
def test_the_way_of_an_invoice_and_its_payment(make: Make, version: str) -> None:
    world = spoken(make, version)
    world.crm.send(crm_invoice(version), crm_counterparty(version, contact("Телефон", PHONE)))
    assert world.run().status == 0
    sent = world.bp.read()
    assert sent.names == ["Справочник.Контрагенты", "Справочник.Договоры", ZAKAZ]
    assert PHONE in [
        each.text for each in sent.one("Справочник.Контрагенты").iter("{*}ЗначенияПолей")
    ]
    answer = letter_of(world, "crm")
    assert (answer.received, answer.names) == (1, [])

    shipment = key(OTHER_OPERATION, "БП-1")
    through = el("РеализацияТоваровУслугСсылка", shipment)
    world.bp.send(
        BOOK.shipment(OTHER_OPERATION, total="700", order=invoice_key(), goods=BOOK.goods_row()),
        BOOK.payment(BANK_IN, BOOK.payment_row("700", document=through), total="700"),
    )
    assert world.run().status == 0
    told = world.crm.read()
    stated = [PAID, SENT] if version not in ("1.3", "1.4", "1.5") else []
    assert sorted(told.names) == sorted([SHIPMENT, BANK_IN, *stated])
    payment = told.one(BANK_IN)
    assert [each.text for each in payment.iterfind(".//{*}Заказ/{*}ЗаказКлиента/{*}Ссылка")] == [
        INVOICE
    ]
    if stated:
        assert text(told.one(PAID), "СостояниеОплаты") == "Оплачен"
        assert text(told.one(SENT), "СостояниеОтгрузки") == "ОтгруженЧастично"
    world.calm()
    assert (world.row("crm").sent, world.held()) == (told.number, [])


def test_an_operation_that_is_gone_is_deleted_under_its_own_name(make: Make) -> None:
    world = spoken(make)
    began(world)
    world.x("bp", BOOK.payment(BANK_IN, BOOK.payment_row("150", invoice_key())))
    world.calm(2)
    world.bp.send(BOOK.deletion("ПБДСРасчетыСКонтрагентамиСсылка", OPERATION))
    world.run()
    letter = letter_of(world, "crm")
    [deletion] = letter.all("УдалениеОбъекта")
    assert deletion.findtext(".//{*}ПБДСРасчетыСКонтрагентамиСсылка") == OPERATION


def test_a_deletion_of_the_crms_goes_on(make: Make) -> None:
    world = spoken(make)
    began(world, contract("1.3"))
    world.crm.send(
        Book("1.3").deletion("ЗаказыКлиентовСсылка", INVOICE),
        Book("1.3").deletion("ДоговорыСсылка", CONTRACT),
    )
    world.run()
    named = {each.text for each in letter_of(world, "bp").objects[0].iter("{*}ЗаказКлиентаСсылка")}
    named |= {each.text for each in letter_of(world, "bp").objects[1].iter("{*}ЗаказКлиентаСсылка")}
    assert letter_of(world, "bp").names == ["УдалениеОбъекта"] * 2
    assert named == {INVOICE}


def test_a_bill_is_bps_order_and_comes_back_as_a_bill(make: Make) -> None:
    world = spoken(make, "1.8", invoice=BILL)
    world.crm.send(crm_invoice("1.8", BILL))
    world.run()
    assert ZAKAZ in world.bp.read().names
    world.bp.send(BOOK.invoice(total="300", goods=BOOK.goods_row(quantity="3", sum="300")))
    world.run()
    bill = letter_of(world, "crm").one("Документ.СчетПокупателю")
    assert text(bill, "Сумма") == "300"


# -- what the lower version cannot say -----------------------------------------------------------


def test_what_bps_version_cannot_say_comes_back_to_the_crm(make: Make) -> None:
    world = spoken(make, "1.19", book="1.3")
    world.bp.version = "1.3"
    began(world, version="1.19")
    book = Book("1.3")
    world.bp.send(book.invoice(total="300", goods=book.goods_row(quantity="3", sum="300")))
    world.run()
    invoice = letter_of(world, "crm").one(ZAKAZ)
    assert comments(invoice) == ["Позвонить"]
    assert [each.text for each in invoice.iterfind(".//{*}ДатаПлатежа")] == ["2026-03-01"]


def test_what_the_crms_version_cannot_say_stays_in_bp(make: Make) -> None:
    """BP's comment and day of payment are not emptied by the next edit of a CRM that says 1.3."""
    world = spoken(make)
    began(world)
    edited = BOOK.invoice(total="700", services=_service()).replace(
        "</Документ.ЗаказКлиента>",
        "<ОбщиеСвойстваОбъектовФормата><Комментарий>от бухгалтера</Комментарий>"
        "</ОбщиеСвойстваОбъектовФормата></Документ.ЗаказКлиента>",
    )
    world.x("bp", edited)
    world.calm(2)
    world.crm.send(crm_invoice("1.3", total="800", goods=_three()))
    world.run()
    invoice = letter_of(world, "bp").one(ZAKAZ)
    assert (text(invoice, "Сумма"), comments(invoice)) == ("800", ["от бухгалтера"])


def _three() -> str:
    return Book("1.3").goods_row(quantity="3", sum="300", vat_sum="50")


def _service() -> str:
    return BOOK.service_row(item=BOOK.item(title="Доставка"))


@pytest.mark.parametrize("version", ["1.3", "1.6", "1.19"])
def test_an_echo_of_the_crms_own_is_no_change(make: Make, version: str) -> None:
    world = spoken(make, version)
    began(world, contract(version), version=version)
    before = world.row("bp").sent
    world.crm.send(crm_invoice(version), contract(version))
    assert world.run().status == 0
    assert world.row("bp").sent == before


def test_what_bp_says_of_reaching_a_counterparty_reaches_the_crm(make: Make) -> None:
    world = spoken(make)
    began(world, crm_counterparty("1.3"))
    world.x("bp", crm_counterparty("1.19", contact("Телефон", PHONE)))
    card = letter_of(world, "crm").one("Справочник.Контрагенты")
    assert [each.text for each in card.iter("{*}ЗначенияПолей")] == [PHONE]


def test_a_rate_that_the_crm_cannot_say_holds_the_invoice(make: Make) -> None:
    world = spoken(make)
    began(world)
    row = BOOK.goods_row(vat="НДС22", vat_sum="36.07")
    world.bp.send(BOOK.invoice(goods=row))
    world.run()
    assert world.errors() == ["VAT_NOT_IN_CRM_VERSION"]
    assert ZAKAZ not in letter_of(world, "crm").names


def test_a_mistake_of_the_crms_is_held_and_a_later_version_takes_its_place(make: Make) -> None:
    world = spoken(make)
    world.crm.send(crm_invoice("1.3", total="699"))
    world.run()
    assert world.errors() == ["SUM_NOT_ROWS"]
    world.retry()
    assert world.errors() == ["SUM_NOT_ROWS"]
    world.crm.send(crm_invoice("1.3"))
    world.run()
    assert (world.errors(), ZAKAZ in world.bp.read().names) == ([], True)


def test_a_draft_is_not_an_invoice_and_takes_back_one_that_was(make: Make) -> None:
    world = spoken(make, "1.15")
    world.crm.send(crm_invoice("1.15", state="Черновик"))
    world.run()
    assert world.bp.look() is None
    world.crm.send(crm_invoice("1.15"))
    world.run()
    world.calm(2)
    world.crm.send(crm_invoice("1.15", state="Черновик"))
    world.run()
    assert letter_of(world, "bp").names == ["УдалениеОбъекта"]


def test_what_is_no_business_of_invoices_deletes_nothing(make: Make) -> None:
    """A draft of an invoice that nobody knows, and a contract that came to be with a supplier."""
    world = spoken(make, "1.15")
    world.crm.send(crm_invoice("1.15"), contract("1.15"))
    world.run()
    world.calm(2)
    sent = world.row("bp").sent
    draft = crm_invoice("1.15", ref=OTHER_INVOICE, number="СЧ-2", state="Черновик")
    world.crm.send(draft, contract("1.15", "СПоставщиком"))
    report = world.run()
    assert (report.status, report.problems, world.held()) == (0, [], [])
    assert world.row("bp").sent == sent
    world.crm.send(crm_invoice("1.15", state="Черновик"))
    world.run()
    assert letter_of(world, "bp").names == ["УдалениеОбъекта"]
    world.calm(2)
    sent = world.row("bp").sent
    world.crm.send(crm_invoice("1.15", state="Черновик"))  # it is gone already
    world.run()
    assert world.row("bp").sent == sent


# -- what only BP may change ---------------------------------------------------------------------


def test_an_operation_of_the_crms_is_refused_and_bps_own_goes_back(make: Make) -> None:
    world = spoken(make)
    began(world)
    row = BOOK.payment_row("150", invoice_key())
    world.x("bp", BOOK.payment(BANK_IN, row))
    world.calm(2)
    book = Book("1.3")
    world.crm.send(
        book.payment(BANK_IN, book.payment_row("999", invoice_key()), total="999"),
        book.payment(BANK_IN, book.payment_row("1", invoice_key()), ref=OTHER_OPERATION, total="1"),
    )
    world.run()
    assert "NOT_FROM_CRM" in world.warnings()
    letter = letter_of(world, "crm")
    assert text(letter.one(BANK_IN), "ОбщиеДанные/Сумма") == "150"
    [deletion] = letter.all("УдалениеОбъекта")
    assert deletion.findtext(".//{*}ПБДСРасчетыСКонтрагентамиСсылка") == OTHER_OPERATION


def test_states_of_the_crms_are_refused_and_bps_own_go_back(make: Make) -> None:
    world = spoken(make, "1.8")
    began(world, version="1.8")
    world.x("bp", BOOK.payment(BANK_IN, BOOK.payment_row("150", invoice_key())))
    world.calm(2)
    state = el(
        PAID,
        el("КлючевыеСвойства", el("Заказ", invoice_key())),
        "<СостояниеОплаты>Оплачен</СостояниеОплаты>",
    )
    world.crm.send(state)
    world.run()
    assert "NOT_FROM_CRM" in world.warnings()
    assert text(letter_of(world, "crm").one(PAID), "СостояниеОплаты") == "ОплаченЧастично"


def test_bps_own_stays_bps_own(make: Make) -> None:
    world = spoken(make)
    began(world)
    world.bp.send(
        BOOK.invoice(FOREIGN_INVOICE, number="БП-77"),
        BOOK.payment(BANK_IN, BOOK.payment_row("9", invoice_key(FOREIGN_INVOICE, "БП-77"))),
        contract("1.19").replace(CONTRACT, FOREIGN_INVOICE),
    )
    world.run()
    assert letter_of(world, "crm").names == []


def test_a_contract_edited_in_bp_comes_back_and_one_deleted_goes(make: Make) -> None:
    world = spoken(make)
    began(world, contract("1.3"))
    world.bp.send(contract("1.19").replace("17-М", "18-М"))
    world.run()
    card = letter_of(world, "crm").one("Справочник.Договоры")
    assert text(card, "КлючевыеСвойства/Номер") == "18-М"
    world.calm(2)
    world.bp.send(BOOK.deletion("ДоговорыСсылка", CONTRACT))
    world.run()
    [deletion] = letter_of(world, "crm").all("УдалениеОбъекта")
    assert deletion.findtext(".//{*}ДоговорыСсылка") == CONTRACT


# -- greetings and what the CRM wants ------------------------------------------------------------


def test_a_greeting_of_the_crms_is_answered_with_ours(make: Make) -> None:
    """We stand for BP: what BP sends, we send (SPEC §4)."""
    world = spoken(make)
    world.crm.greet(0, PEER, types=types(ZAKAZ))
    assert world.run().status == 0
    letter = letter_of(world, "crm")
    assert is_greeting(letter)
    assert letter.header.new_from == world.row("crm").guid
    assert letter.header.versions == enterprise_data().versions
    assert letter.data.startswith(b"\xef\xbb\xbf")
    said = {each.name: (each.sending, each.receiving) for each in letter.header.object_types}
    assert said[ZAKAZ] == ("*", "*")
    assert said[BANK_IN] == ("*", "")
    world.bp.greet(0, PEER)
    world.run()
    theirs = {e.name: (e.sending, e.receiving) for e in letter_of(world, "bp").header.object_types}
    assert theirs[BANK_IN] == ("", "*")
    assert theirs["Справочник.Договоры"] == ("*", "*")


def everything_of_bp() -> Iterable[str]:
    shipment = BOOK.shipment(OTHER_OPERATION, order=invoice_key(), goods=BOOK.goods_row())
    return shipment, BOOK.payment(BANK_IN, BOOK.payment_row("150", invoice_key()))


@pytest.mark.parametrize("receiving", ["*", "1.3,1.8"])
def test_nothing_goes_to_a_crm_but_what_it_wants(make: Make, receiving: str) -> None:
    world = spoken(make, "1.8")
    world.crm.greet(0, PEER, types=types(ZAKAZ, BANK_IN, PAID, receiving=receiving))
    world.run()
    began(world, version="1.8")
    world.bp.send(*everything_of_bp())
    world.run()
    world.tick(120)
    world.run()
    assert sorted(letter_of(world, "crm").names) == sorted([BANK_IN, PAID])
    world.calm()
    assert world.row("crm").sent == world.row("crm").acknowledged


def test_what_a_crm_wants_later_goes_later(make: Make) -> None:
    world = spoken(make, "1.8")
    world.crm.greet(0, PEER, types=types(ZAKAZ))
    world.run()
    began(world, version="1.8")
    world.bp.send(*everything_of_bp())
    world.run()
    world.calm(2)
    world.crm.greet(0, PEER, types=types(ZAKAZ, SHIPMENT))
    world.run()
    world.tick(120)
    world.run()
    assert letter_of(world, "crm").names == [SHIPMENT]


def test_a_message_of_the_crm_format_is_set_aside(make: Make) -> None:
    world = spoken(make)
    world.crm.plain = True
    world.crm.send(crm_invoice("1.3"))
    world.run()
    assert len(world.crm.rejected()) == 2
    assert any("FORMAT_OF_OTHER_SIDE" in each for each in world.crm.reports())


def test_what_was_held_in_another_format_stays_held(make: Make) -> None:
    """The CRM was moved to another format: its next version takes the place, `retry` does not."""
    world = spoken(make)
    world.crm.send(crm_invoice("1.3", total="699"))
    world.run()
    world.link = replace(world.link, crm=replace(world.link.crm, format="crm"))
    world.retry()
    assert world.errors() == ["SUM_NOT_ROWS"]


def test_what_was_held_in_another_version_is_read_in_that(make: Make) -> None:
    world = spoken(make)
    world.crm.send(crm_invoice("1.3", total="699"))
    world.run()
    before = world.held()
    world.link = replace(world.link, crm=replace(world.link.crm, version="1.8"))
    assert world.exchange().command("retry", keys=[]).released == 0
    assert world.held() == before


def tie(world: World, *invoices: tuple[str, str]) -> None:
    """A person ties the operation to invoices, each with a sum."""
    exchange = world.exchange()
    for ref, amount in invoices:
        exchange.command("link", operation=OPERATION, invoice=ref, sum=amount)
    exchange.run()


def test_a_payment_that_a_person_ties_names_the_invoice(make: Make) -> None:
    world = spoken(make)
    began(world)
    world.x("bp", BOOK.payment(BANK_IN, BOOK.payment_row("150"), total="150"))
    assert BANK_IN not in letter_of(world, "crm").names
    tie(world, (INVOICE, "100"))
    payment = letter_of(world, "crm").one(BANK_IN)
    assert [e.text for e in payment.iterfind(".//{*}ЗаказКлиента/{*}Ссылка")] == [INVOICE]
    assert [e.text for e in payment.iterfind(".//{*}Строка/{*}Сумма")] == ["100"]
    assert text(payment, "ОбщиеДанные/Сумма") == "100"


def test_goods_tied_to_two_invoices_are_held_from_a_crm_that_gets_documents(make: Make) -> None:
    """No row says to which of the two it belongs."""
    world = spoken(make)
    began(world, crm_invoice("1.3", ref=OTHER_INVOICE, number="СЧ-2"))
    world.x("bp", BOOK.shipment(total="200", goods=BOOK.goods_row()))
    tie(world, (INVOICE, "100"), (OTHER_INVOICE, "100"))
    assert "INVOICES_NOT_IN_VERSION" in world.errors()
    tie_one = world.exchange()
    tie_one.command("unlink", operation=OPERATION)
    tie_one.run()
    tie(world, (INVOICE, "200"))
    shipment = letter_of(world, "crm").one(SHIPMENT)
    assert (text(shipment, "Заказ/Ссылка"), text(shipment, "Сумма")) == (INVOICE, "200")
    assert "INVOICES_NOT_IN_VERSION" not in world.errors()


@pytest.mark.parametrize("version", ["1.3", "1.8", "1.10"])
def test_a_payment_through_a_payment_system_reaches_a_crm_without_a_word_for_it(
    make: Make, version: str
) -> None:
    world = spoken(make, version)
    began(world, version=version)
    world.x("bp", BOOK.card(kind="ОплатаОтКлиентаЧерезПлатежнуюСистему"))
    assert world.held() == []
    paid = letter_of(world, "crm").one("Документ.ОперацияПоПлатежнойКарте")
    place = "ВидОперации" if version == "1.3" else "КлючевыеСвойства/ВидОперации"
    way = "ЧерезПлатежнуюСистему" if version == "1.10" else "ПлатежнойКартой"
    assert text(paid, place) == f"ОплатаОтКлиента{way}"

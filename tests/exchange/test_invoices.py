"""Invoices, counterparties and catalogues between the two bases; conflicts (SPEC §1, §3, §5)."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.exchange.conftest import Make
from tests.exchange.world import BOOK, World, fields, text
from tests.mapping.book import (
    BUYER,
    CONTRACT,
    INVOICE,
    crm_counterparty,
    crm_invoice,
    crm_row,
    el,
    invoice_key,
    organisation,
    party,
    val,
)
from tests.messages import guid

BILL = "Документ.СчетНаОплату"
ORDER = "Документ.ЗаказКлиента"
PARTY = "Справочник.Контрагенты"
INTEREST = el("Интерес", val("Ссылка", guid(40)), val("Тема", "Мебель"))
CLIENT = el("Клиент", val("Ссылка", guid(41)), val("Наименование", "Пример"))
DEAL = (
    val("Ссылка", CONTRACT)
    + val("Наименование", "Поставка")
    + val("Номер", "17-М")
    + val("Дата", "2025-11-20T00:00:00")
)
PRIVATE = {"before": INTEREST + CLIENT, "after": val("ОтгрузкаРазрешена", "true")}


def edited(sum: str = "400") -> str:
    """BP's version after an edit."""
    quantity = str(int(sum) // 100)
    return BOOK.invoice(total=sum, goods=BOOK.goods_row(quantity=quantity, sum=sum, vat_sum=None))


def ours(sum: str = "600", **more: str) -> str:
    """The CRM's version after an edit."""
    goods = crm_row(quantity=str(int(sum) // 100), sum=sum, vat_sum=None)
    return crm_invoice(total=sum, goods=goods, **more)


def began(world: World, *objects: str) -> None:
    """What both know."""
    world.crm.send(*(objects or (crm_invoice(),)))
    world.run()
    world.calm(2)


def test_each_invoice_keeps_its_counterparty_where_two_have_one_inn(world: World) -> None:
    """BP has one card for both, by a GUID of its own."""
    twin = guid(60)
    began(world, crm_invoice(), crm_invoice(guid(61), "СЧ-2", buyer=party(twin)))
    for ref, number, buyer in ((INVOICE, "СЧ-1", BUYER), (guid(61), "СЧ-2", twin)):
        rows = BOOK.goods_row(quantity="4", sum="400", vat_sum=None)
        theirs = party(guid(62))
        world.x("bp", BOOK.invoice(ref, "400", goods=rows, number=number, buyer=theirs),
                BOOK.payment(ref=guid(63), buyer=theirs,
                             rows=BOOK.payment_row("150", invoice_key(ref, number))))  # fmt: skip
        letter = world.crm.read()
        bills = {text(each, "КлючевыеСвойства/Номер"): each for each in letter.all(BILL)}
        assert text(bills[number], "Контрагент/Ссылка") == buyer
        assert text(letter.one("Документ.ТорговаяОперация"), "Контрагент/Ссылка") == buyer


def test_a_counterparty_and_a_contract_stand_before_the_invoice(world: World) -> None:
    world.crm.send(crm_invoice(contract=DEAL))
    world.run()
    letter = world.bp.read()
    assert letter.names == [PARTY, "Справочник.Договоры", ORDER]
    world.x("bp")
    world.x("crm", ours(contract=DEAL))
    assert world.bp.read().names == [ORDER]
    world.x("bp")
    world.x("crm", crm_invoice(guid(2), "СЧ-2", contract=DEAL))
    assert world.bp.read().names == [ORDER]
    world.x("bp")
    world.x("crm", crm_invoice(guid(3), "СЧ-3", contract=DEAL.replace("Поставка", "Иначе")))
    assert world.bp.read().names == ["Справочник.Договоры", ORDER]  # it is called otherwise now


def test_a_real_card_replaces_the_made_one(world: World) -> None:
    began(world)
    world.x("crm", crm_counterparty(after=val("Комментарий", "живой")))
    card = world.bp.read().one(PARTY)
    assert "живой" in etree.tostring(card, encoding="unicode")
    assert world.journal("conflict") == []
    world.calm(1)
    world.x("crm", crm_invoice(guid(2), "СЧ-2"))
    assert world.bp.look() is None or PARTY not in world.bp.look().names  # type: ignore[union-attr]


def test_a_card_after_its_invoice_in_one_message(world: World) -> None:
    world.crm.send(crm_invoice(), crm_counterparty(after=val("Комментарий", "живой")))
    world.run()
    letter = world.bp.read()
    assert letter.names == [PARTY, ORDER]
    assert "живой" in letter.data.decode()


def test_bps_change_of_a_counterparty_comes_back(world: World) -> None:
    began(world, crm_counterparty(after=CLIENT + val("Комментарий", "из CRM")), crm_invoice())
    world.x("bp", el(PARTY, el("КлючевыеСвойства", party()), BOOK.common(comment="из БП")))
    card = world.crm.read().one(PARTY)
    assert text(card, "Комментарий") == "из БП"
    assert text(card, "Клиент/Наименование") == "Пример"
    world.calm(2)
    number = world.row("crm").sent
    world.x("bp", el(PARTY, el("КлючевыеСвойства", party(guid(300), "Чужой ООО", "9988003037"))))
    assert world.row("crm").sent == number


def test_bps_edit_goes_to_the_crm_with_all_that_only_the_crm_knows(world: World) -> None:
    began(world, crm_invoice(contract=DEAL, **PRIVATE))
    world.x("bp", edited())
    bill = world.crm.read().one(BILL)
    assert text(bill, "Сумма") == "400"
    assert text(bill, "Интерес/Тема") == "Мебель"
    assert text(bill, "Клиент/Наименование") == "Пример"
    assert text(bill, "ОтгрузкаРазрешена") == "true"
    assert text(bill, "Договор/Номер") == "17-М"
    world.calm(2)
    assert not world.run().did_something


def test_the_echo_of_an_invoice_is_quiet(world: World) -> None:
    world.crm.send(crm_invoice(contract=DEAL, **PRIVATE))
    world.run()
    echo = [etree.tostring(each, encoding="unicode") for each in world.bp.read().objects]
    for _ in range(3):
        world.bp.send(*echo)
        world.run()
        assert world.bp.read().names == []
    letter = world.crm.look()
    assert letter is None or BILL not in letter.names
    upper = [each.replace(INVOICE, INVOICE.upper()).replace(BUYER, BUYER.upper()) for each in echo]
    world.bp.send(*upper)
    world.run()
    assert BILL not in getattr(world.crm.look(), "names", [])
    assert world.journal("conflict") == []


def test_the_crms_own_repeat_in_another_case_is_quiet(world: World) -> None:
    began(world)
    number = world.row("bp").sent
    world.x("crm", crm_invoice(INVOICE.upper()))
    world.calm(1)
    assert world.row("bp").sent == number


@pytest.mark.parametrize("moved", [True, False])
def test_rows_in_another_order_or_part_are_no_change(world: World, moved: bool) -> None:
    item = val("Ссылка", guid(9)) + val("Наименование", "Доставка")
    second = crm_row(2, item, quantity="1", price="50", sum="50", vat="БезНДС", vat_sum="0")
    began(world, crm_invoice(total="250", goods=crm_row() + second))
    sent = next(iter((world.bp.folder / "archive").rglob("*out*.xml"))).read_bytes()
    order = etree.fromstring(sent).find(f"{{*}}Body/{{*}}{ORDER}")
    assert order is not None
    goods = order.find("{*}Товары")
    assert goods is not None
    if moved:
        row = goods[1]
        unit = row.find("{*}ЕдиницаИзмерения")
        data = row.find("{*}ДанныеНоменклатуры")
        assert unit is not None
        assert data is not None
        row.remove(unit)
        row.replace(data, data[0])
        services = etree.Element(str(goods.tag).replace("Товары", "Услуги"))
        services.append(row)
        goods.addnext(services)
    goods.append(goods[0])
    world.x("bp", etree.tostring(order, encoding="unicode"))
    assert BILL not in world.crm.read().names
    assert world.bp.read().names == []


def test_a_private_change_is_no_conflict(world: World) -> None:
    began(world, crm_invoice(**PRIVATE))
    world.bp.send(edited())
    world.crm.send(
        crm_invoice(
            before=INTEREST.replace("Мебель", "Кухня") + CLIENT,
            after=val("ОтгрузкаРазрешена", "false"),
        )
    )
    world.run()
    assert world.journal("conflict") == []
    bill = world.crm.read().one(BILL)
    assert (text(bill, "Сумма"), text(bill, "Интерес/Тема")) == ("400", "Кухня")
    order = world.bp.read().one(ORDER)
    assert text(order, "Сумма") == "400"
    assert "Кухня" in etree.tostring(order, encoding="unicode")


def test_a_private_change_is_not_told_to_the_crm_that_made_it(world: World) -> None:
    began(world, crm_invoice(**PRIVATE))
    sent = world.row("crm").sent
    changed = INTEREST.replace("Мебель", "Кухня") + CLIENT
    world.x("crm", crm_invoice(before=changed, after=PRIVATE["after"]))
    assert (world.crm.read().names, world.row("crm").sent) == ([], sent + 1)
    assert world.bp.read().names == [ORDER]


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_a_conflict(make: Make, side: str) -> None:
    world = make(conflicts=side)
    began(world)
    world.bp.send(edited("400"))
    world.crm.send(ours("600"))
    assert world.run().status == 0
    world.calm(2)
    (line,) = world.journal("conflict")
    assert line["details"]["winner"] == side
    assert {str(each["total"]) for each in line["details"]["versions"].values()} == {"400", "600"}
    winner = "600" if side == "crm" else "400"
    loser = world.bp if side == "crm" else world.crm
    sent = [each.read_text("utf-8-sig") for each in (loser.folder / "archive").rglob("*out*.xml")]
    assert any(f"<Сумма>{winner}</Сумма>" in each for each in sent)
    assert not world.run().did_something


@pytest.mark.parametrize("side", ["crm", "bp"])
def test_a_deletion_against_an_edit(make: Make, side: str) -> None:
    from tests.mapping.book import crm_deletion

    world = make(conflicts=side)
    began(world)
    world.bp.send(edited("400"))
    world.crm.send(crm_deletion(BILL, INVOICE))
    world.run()
    assert len(world.journal("conflict")) == 1
    if side == "crm":
        assert world.bp.read().names == ["УдалениеОбъекта"]
        assert world.crm.read().names == []
    else:
        assert text(world.crm.read().one(BILL), "Сумма") == "400"
        assert world.bp.read().names == []


# -- catalogues ----------------------------------------------------------------------------------

CARDS = (
    el("Справочник.Организации", el("КлючевыеСвойства", organisation())),
    el(
        "Справочник.Номенклатура",
        el("КлючевыеСвойства", BOOK.item()),
        val("ТипНоменклатуры", "Товар"),
    ),
    el(
        "Справочник.Валюты",
        el(
            "КлючевыеСвойства",
            val("Ссылка", guid(61)),
            el("ДанныеКлассификатора", val("Код", "643"), val("Наименование", "руб.")),
        ),
    ),
)


def test_catalogues_reach_the_crm_and_never_go_back(world: World) -> None:
    world.x("bp", *CARDS)
    letter = world.crm.read()
    assert {"Справочник.Организации", "Справочник.Номенклатура"} <= set(letter.names)
    echo = [etree.tostring(each, encoding="unicode") for each in letter.objects]
    world.crm.send(*echo)
    report = world.run()
    assert report.status == 0
    assert set(world.warnings()) == {"NOT_FROM_CRM"}
    assert world.bp.read().names == []
    world.x("bp", *CARDS)
    assert "Справочник.Номенклатура" not in world.crm.read().names


def test_a_card_that_the_crm_format_cannot_hold_is_held_and_quiet(world: World) -> None:
    card = el("Справочник.Организации", el("КлючевыеСвойства", organisation(inn="12345678901234")))
    world.bp.send(card)
    world.run()
    number = world.row("crm").sent
    for _ in range(4):
        world.run()
    assert world.row("crm").sent == number
    assert [each.key for each in world.held()]
    world.bp.send(el("Справочник.Организации", el("КлючевыеСвойства", organisation())))
    assert world.run().status == 0
    assert world.held() == []
    assert world.crm.read().names == ["Справочник.Организации"]


def test_an_operation_that_the_crm_format_cannot_hold_is_quiet(world: World) -> None:
    began(world)
    world.bp.send(BOOK.payment(buyer=party(inn="12345678901234")))
    world.run()
    number = world.row("crm").sent
    for _ in range(4):
        world.run()
    assert world.row("crm").sent == number
    world.bp.send(BOOK.payment())
    world.run()
    assert world.held() == []
    (line,) = world.journal("dropped")
    assert (line["side"], line["kind"], line["details"]) == (
        "bp", "Документ.ТорговаяОперация", {"why": "replaced", "raw": ""},
    )  # fmt: skip
    assert "Документ.ТорговаяОперация" in world.crm.read().names


def test_unknown_types_and_elements_of_bp_are_skipped(world: World) -> None:
    began(world)
    strange = el("Документ.НовыйТип", val("Х", "1"))
    payment = BOOK.payment().replace("<ОбщиеДанные>", "<Новое><Х>1</Х></Новое><ОбщиеДанные>")
    world.bp.send(strange, payment)
    assert world.run().status == 0
    assert "Документ.ТорговаяОперация" in world.crm.read().names


def test_unknown_elements_of_the_crm_warn(world: World) -> None:
    world.crm.send(crm_invoice(after="<Новое>1</Новое>"))
    assert world.run().status == 0
    assert world.warnings() == ["ELEMENT_UNKNOWN"]
    assert fields(world.bp.read().one(ORDER))["Сумма"] == "200"

"""An echo is no change, whatever the CRM left out (SPEC §4; PROTOCOL R3)."""

from __future__ import annotations

import pytest
from lxml import etree

from tests.exchange.conftest import Make
from tests.exchange.test_invoices import BILL, CLIENT, DEAL, INTEREST, ORDER, ours
from tests.exchange.world import BOOK, World, text
from tests.mapping.book import crm_counterparty, crm_invoice, crm_row, el, party, val
from tests.messages import guid

ITEM = val("Ссылка", guid(9)) + val("Наименование", "Доставка")
SERVICE = crm_row(2, ITEM, unit="", quantity="1", price="50", sum="50", vat="БезНДС", vat_sum=None)
VARIANTS = {
    "plain": crm_invoice(),
    "no VAT sum": crm_invoice(goods=crm_row(vat_sum=None)),
    "no VAT, no sum of it": crm_invoice(goods=crm_row(vat="БезНДС", vat_sum=None)),
    "no rate": crm_invoice(goods=crm_row(vat=None, vat_sum=None)),
    "VAT on top": crm_invoice(included="false", total="240", goods=crm_row(vat_sum="40")),
    "not said whether inside": crm_invoice(included=None),
    "a service": crm_invoice(total="250", goods=crm_row(), services=SERVICE),
    "a content": crm_invoice(total="250", goods=crm_row(), services=SERVICE.replace("<Количество>", "<Содержание>Х</Содержание><Количество>")),
    "another currency": crm_invoice(currency="978"),
    "pay by": crm_invoice(after=val("ОплатитьДо", "2026-03-01T00:00:00")),
    "pay by an hour": crm_invoice(after=val("ОплатитьДо", "2026-03-01T12:34:56")),
    "a long address": crm_invoice(after=val("АдресДоставки", "улица " * 60)),
    "a comment": crm_invoice(after=val("Комментарий", " два\nряда ")),
    "private": crm_invoice(before=INTEREST + CLIENT, after=val("ОтгрузкаРазрешена", "true")),
    "a contract": crm_invoice(contract=DEAL),
    "a contract without a reference": crm_invoice(contract=val("Номер", "17-М")),
    "a manager": crm_invoice().replace("<Валюта>", "<Менеджер><Наименование>Иван</Наименование></Менеджер><Валюта>"),
    "a buyer without a reference": crm_invoice(buyer=party(None)),
    "an account": crm_invoice(after=el("БанковскийСчетОрганизации", val("НомерСчета", "40702810800000004101"), val("БИК", "049999871"))),
    "an item without a reference": crm_invoice(goods=crm_row(item=val("Наименование", "Стол") + val("Код", "7"))),
    "blanks": crm_invoice(number=" СЧ-1 "),
}  # fmt: skip


def echoed(world: World, text: str) -> list[str]:
    """What BP got, as it would send it back."""
    world.crm.send(text)
    assert world.run().status == 0
    objects = world.bp.read().objects
    world.calm(2)
    assert BILL not in getattr(world.crm.look(), "names", [])
    return [etree.tostring(each, encoding="unicode") for each in objects]


@pytest.mark.parametrize("version", ["1.3", "1.8", "1.19"])
@pytest.mark.parametrize(
    "name",
    list(VARIANTS),
)
def test_the_echo_of_any_invoice_is_quiet(make: Make, name: str, version: str) -> None:
    world = make(version=version, bp_version=version)
    world.x("bp", *echoed(world, VARIANTS[name]))
    world.run()
    assert world.crm.read().names == []
    assert world.bp.read().names == []
    world.calm(1)
    assert not world.run().did_something


def test_an_echo_never_beats_an_edit(make: Make) -> None:
    world = make(conflicts="bp")
    echo = echoed(world, VARIANTS["no VAT sum"])
    world.bp.send(*echo)  # BP has changed nothing
    world.crm.send(ours("600"))
    world.run()
    assert world.journal("conflict") == []
    assert text(world.bp.read().one(ORDER), "Сумма") == "600"


@pytest.mark.parametrize("edited", [False, True])
def test_a_service_that_comes_back_as_goods_never_beats_an_edit(make: Make, edited: bool) -> None:
    """BP sorts rows anew by what its own item is, and gives goods a unit; that is no change."""
    world = make(conflicts="bp")
    (echo,) = [each for each in echoed(world, VARIANTS["a content"]) if ORDER in each]
    order = etree.fromstring(echo)
    services, goods = order.find("{*}Услуги"), order.find("{*}Товары")
    assert services is not None
    assert goods is not None
    order.remove(services)
    row = BOOK.goods_row(2, ITEM, quantity="1", price="50", sum="50", vat="БезНДС", vat_sum=None)
    goods.append(BOOK.element(row))
    world.bp.send(etree.tostring(order, encoding="unicode"))
    if edited:
        world.crm.send(VARIANTS["a content"].replace(">Х<", ">Ц<"))
    world.run()
    assert world.journal("conflict") == []
    assert BILL not in world.crm.read().names
    told = world.bp.read().all(ORDER)
    assert [text(each, "Услуги/Строка/Содержание") for each in told] == ["Ц"] * edited


@pytest.mark.parametrize("written", ["<Комментарий/>", ""])
def test_a_comment_that_bp_emptied_is_emptied_and_one_that_it_left_out_stays(
    make: Make, written: str
) -> None:
    world = make()
    (echo,) = [each for each in echoed(world, VARIANTS["a comment"]) if ORDER in each]
    said = "<Комментарий> два\nряда </Комментарий>"
    assert said in echo
    world.x("bp", echo.replace(said, written))
    letter = world.crm.read()
    if written:
        assert text(letter.one(BILL), "Комментарий") is None
    else:
        assert BILL not in letter.names
    world.calm(1)
    assert not world.run().did_something


@pytest.mark.parametrize("version", ["1.3", "1.8", "1.19"])
def test_the_echo_of_a_counterparty_is_quiet(make: Make, version: str) -> None:
    after = CLIENT + "".join(
        val(name, value)
        for name, value in (
            ("Телефон", "+7 000 000-00-00"), ("ЭлектроннаяПочта", "a@example.org"),
            ("ЮридическийАдрес", "Город, 1"), ("ФактическийАдрес", "Город, 2"),
        )
    )  # fmt: skip
    world = make(version=version, bp_version=version)
    card = crm_counterparty(
        after=after
        + el("БанковскийСчет", val("НомерСчета", "40702810800000004101"), val("БИК", "049999871"))
        + val("Комментарий", "к")
    )
    world.x("bp", *echoed(world, card))
    assert world.crm.read().names == []

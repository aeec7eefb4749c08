"""``converter invoices``: SPEC §7, for people and for programs."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Run
from tests.messages import (
    PAYMENT,
    SHIPMENT,
    bp_deletion,
    bp_invoice_key,
    bp_payment,
    bp_shipment,
    crm_invoice,
    crm_party,
    guid,
)
from tests.state.links import Linked

OF_A_CLIENT = (
    f"<Интерес><Ссылка>{guid(50)}</Ссылка><Номер>ИНТ-1</Номер><Тема>Кресла</Тема></Интерес>"
    "<Клиент><Наименование>Пример</Наименование></Клиент>"
)


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    """Two invoices of two counterparties; the first partly paid and shipped."""
    linked = Linked(tmp_path)
    other = crm_party(guid(61), "Образец АО", "9988003037", "998801003")
    linked.crm(
        crm_invoice(before_party=OF_A_CLIENT),
        crm_invoice(ref=guid(20), number="СЧ-2", date="2026-02-12T10:00:00", party=other),
    )
    linked.bp(bp_payment(sum="150.5"), bp_shipment())
    return linked


def listed(run: Run, linked: Linked, *arguments: str) -> Any:
    done = run("invoices", "--json", *arguments, "-c", linked.config)
    assert (done.status, done.err) == (0, "")
    return json.loads(done.out)


def test_json_is_exactly_the_contract(run: Run, linked: Linked) -> None:
    one, two = listed(run, linked)
    assert one == {
        "link": "main",
        "ref": guid(1),
        "number": "СЧ-1",
        "date": "2026-02-11T10:00:00",
        "counterparty": "Пример-Строй ООО",
        "client": "Пример",
        "interest": "ИНТ-1 Кресла",
        "currency": "643",
        "sum": "200.00",
        "paid": "150.50",
        "payment_state": "ОплаченЧастично",
        "shipped": "200.00",
        "shipment_state": "Отгружен",
        "bp_payment_state": None,
        "bp_shipment_state": None,
        "withdrawn": False,
        "acknowledged_by_bp": True,
        "operations": [
            {
                "ref": PAYMENT,
                "kind": "ПоступлениеБезналичныхДС",
                "number": "БП-1",
                "date": "2026-02-12T12:00:00",
                "sum": "150.50",
            },
            {
                "ref": SHIPMENT,
                "kind": "РеализацияТоваровУслуг",
                "number": "БП-2",
                "date": "2026-02-12T12:00:00",
                "sum": "200.00",
            },
        ],
        "proposals": [],
    }
    assert (two["client"], two["interest"], two["operations"]) == (None, None, [])
    assert (two["paid"], two["payment_state"]) == ("0.00", "НеОплачен")
    assert (two["shipped"], two["shipment_state"]) == ("0.00", "НеОтгружен")


def test_no_invoices_are_an_empty_list(run: Run, tmp_path: Path) -> None:
    assert listed(run, Linked(tmp_path)) == []
    done = run("invoices", "-c", tmp_path / "exchange.toml")
    assert (done.status, done.out, done.err) == (0, "", "there are no such invoices\n")


def test_the_options_choose(run: Run, linked: Linked) -> None:
    def numbers(*arguments: str) -> list[str]:
        return [each["number"] for each in listed(run, linked, *arguments)]

    assert numbers("--client", "образец") == ["СЧ-2"]
    assert numbers("--interest", "кресла") == ["СЧ-1"]
    assert numbers("--unpaid") == ["СЧ-1", "СЧ-2"]
    assert numbers("--unshipped") == ["СЧ-2"]
    assert numbers("--unpaid", "--client", "пример") == ["СЧ-1"]


def test_for_people_a_line_an_invoice_and_the_sums(run: Run, linked: Linked) -> None:
    done = run("invoices", "-c", linked.config)
    title, one, two, total = done.out.splitlines()
    assert title.split() == ["Invoice", "To", "whom,", "for", "which", "interest", "Sum",
                             "Payment", "Shipment"]  # fmt: skip
    assert one.split("  ")[0] == "СЧ-1 2026-02-11"
    assert "Пример-Строй ООО (Пример) ИНТ-1 Кресла" in one
    assert "150.50 partly" in one
    assert "200.00 shipped" in one
    assert "0.00 unpaid" in two
    assert total == "All, руб.: invoices 2, sum 400.00, paid 150.50, shipped 200.00"


def test_verbose_shows_the_operations_with_their_signs(run: Run, linked: Linked) -> None:
    refund = bp_payment(guid(30), "БП-9", "40").replace("ПБДСРасчеты", "СБДСРасчеты")
    linked.bp(bp_payment(sum="150.5"), bp_shipment(), refund)
    out = run("invoices", "-v", "-c", linked.config, lang="ru_RU.UTF-8").out
    lines = {line.split()[0]: line for line in out.splitlines()}
    assert "поступление на счёт, 2026-02-12" in lines["БП-1"]
    assert lines["БП-1"].endswith("+150.50")
    assert lines["БП-2"].endswith("+200.00")
    assert "−40.00" in lines["БП-9"]
    assert "110.50 частично" in lines["СЧ-1"]


def test_both_words_where_bp_says_otherwise(run: Run, linked: Linked) -> None:
    linked.bp(
        "<Справочник.СостояниеОплатыЗаказа><КлючевыеСвойства><Заказ>"
        f"{bp_invoice_key()}</Заказ></КлючевыеСвойства><СостояниеОплаты>Оплачен</СостояниеОплаты>"
        "</Справочник.СостояниеОплатыЗаказа>"
    )
    assert "150.50 partly (BP: paid)" in run("invoices", "-c", linked.config).out
    assert listed(run, linked)[0]["bp_payment_state"] == "Оплачен"


def test_what_was_withdrawn_or_not_acknowledged_is_marked(run: Run, linked: Linked) -> None:
    linked.bp(bp_deletion())
    linked.crm(crm_invoice(ref=guid(21), number="СЧ-3"))
    lines = run("invoices", "-c", linked.config).out.splitlines()
    assert [line.split()[0] for line in lines if "[withdrawn in BP]" in line] == ["СЧ-1"]
    assert [line.split()[0] for line in lines if "[not acknowledged by BP yet]" in line] == ["СЧ-3"]
    assert [each["withdrawn"] for each in listed(run, linked)] == [True, False, False]


def test_totals_by_client(run: Run, linked: Linked) -> None:
    linked.crm(
        crm_invoice(ref=guid(21), number="СЧ-3", before_party=OF_A_CLIENT, currency="978"),
        crm_invoice(ref=guid(22), number="СЧ-4", before_party=OF_A_CLIENT),
    )
    other, example = listed(run, linked, "--by", "client")
    assert example["client"] == "Пример"
    assert example["totals"] == [
        {"currency": "643", "invoices": 2, "sum": "400.00", "paid": "150.50", "shipped": "200.00"},
        {"currency": "978", "invoices": 1, "sum": "200.00", "paid": "0.00", "shipped": "0.00"},
    ]
    assert [each["number"] for each in example["invoices"]] == ["СЧ-1", "СЧ-3", "СЧ-4"]
    assert other["client"] == "Образец АО"  # an invoice without a client: its counterparty
    out = run("invoices", "--by", "client", "-c", linked.config).out
    assert "Пример, EUR: invoices 1, sum 200.00, paid 0.00, shipped 0.00" in out
    assert "All, руб.: invoices 3, sum 600.00, paid 150.50, shipped 200.00" in out


def test_totals_by_interest_with_those_of_none_last(run: Run, linked: Linked) -> None:
    groups = listed(run, linked, "--by", "interest")
    assert [each["interest"] for each in groups] == ["ИНТ-1 Кресла", None]
    assert (
        "no interest, руб.: invoices 1"
        in run("invoices", "--by", "interest", "-c", linked.config).out
    )


@pytest.mark.skipif(sys.platform == "win32", reason="no terminals to open there")
def test_a_table_on_a_terminal_keeps_within_its_width(linked: Linked) -> None:
    out = on_terminal("invoices", "-v", "-c", str(linked.config), columns=80)
    assert "СЧ-1" in out
    assert "+150.50" in out
    assert max(len(line.rstrip()) for line in out.splitlines()) <= 80


def on_terminal(*arguments: str, columns: int) -> str:
    """What the command line shows on a terminal, without colours."""
    import pty  # not on Windows

    child, terminal = pty.fork()
    if child == 0:
        os.chdir(ROOT)
        environment = {**os.environ, "COLUMNS": str(columns), "LANG": "C.UTF-8", "TERM": "dumb"}
        os.execvpe(sys.executable, [sys.executable, "-m", "converter", *arguments], environment)
    shown = b""
    while True:
        try:
            piece = os.read(terminal, 65536)
        except OSError:  # the child has gone
            break
        if not piece:
            break
        shown += piece
    os.close(terminal)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0
    return re.sub(r"\x1b\[[0-9;]*m", "", shown.decode())


def test_nothing_is_cut_away_from_a_terminal(run: Run, linked: Linked) -> None:
    subject = "Кресла и столы для переговорной комнаты " * 4
    linked.crm(crm_invoice(before_party=OF_A_CLIENT.replace("Кресла", subject.strip())))
    out = run("invoices", "-c", linked.config).out
    line = next(each for each in out.splitlines() if each.startswith("СЧ-1 "))
    assert subject.strip() in line
    assert "[not acknowledged by BP yet]" in line
    assert "…" not in out

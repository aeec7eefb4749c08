"""``converter link`` and ``unlink``, and what is shown of operations without an invoice (SPEC §7)."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.conftest import ROOT, Run
from tests.messages import INVOICE, PAYMENT, bp_payment, crm_deletion, crm_invoice, guid
from tests.state.links import Linked

PURPOSE = "Оплата по счету СЧ-1 от 11.02.2026"


def unnamed(amount: str = "150", **more: str) -> str:
    """A payment that names no invoice but in its purpose."""
    text = bp_payment(sum=amount, order="", **more)
    account = "</БанковскийСчетОрганизации>"
    return text.replace(account, f"{account}<НазначениеПлатежа>{PURPOSE}</НазначениеПлатежа>")


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    """Two invoices, and a payment of which BP does not say the invoice."""
    linked = Linked(tmp_path)
    linked.crm(crm_invoice(), crm_invoice(guid(20), "СЧ-2"))
    linked.bp(unnamed())
    return linked


def paid(linked: Linked) -> dict[str, str]:
    """What our message to the CRM says is paid, by number."""
    found = etree.parse(linked.root / "exchange" / "crm" / "Message_BP_CRM.xml")
    states = found.iterfind(".//{*}СостояниеСчета")
    return {
        str(each.findtext("{*}Счет/{*}Номер")): str(each.findtext("{*}Оплачено")) for each in states
    }


def status(run: Run, linked: Linked) -> list[dict[str, Any]]:
    done = run("status", "--json", "-c", linked.config)
    (link,) = json.loads(done.out)["links"]
    found: list[dict[str, Any]] = link["unlinked"]
    return found


def test_json_has_the_names_of_the_contract(run: Run, linked: Linked) -> None:
    (one,) = status(run, linked)
    assert {name: one[name] for name in ("ref", "kind", "number", "date", "sum")} == {
        "ref": PAYMENT,
        "kind": "ПоступлениеБезналичныхДС",
        "number": "БП-1",
        "date": "2026-02-12T12:00:00",
        "sum": "150.00",
    }
    (proposal,) = one["proposals"]
    assert (proposal["invoice"], proposal["reason"]) == (INVOICE, "number-and-date")
    assert (proposal["sum"], proposal["certainty"]) == ("150.00", "certain")
    first, second = json.loads(run("invoices", "--json", "-c", linked.config).out)
    (mine,) = first["proposals"]
    assert (mine["operation"], mine["sum"], second["proposals"]) == (PAYMENT, "150.00", [])


def test_what_people_see_is_what_the_docs_show(run: Run, linked: Linked) -> None:
    out = run("status", "-c", linked.config).out
    shown = [line for line in out.splitlines()[1:] if line.startswith("  ")]
    page = (ROOT / "docs" / "running.md").read_text(encoding="utf-8")
    assert "main: all is well" in out
    assert "\n".join(shown) in page
    rows = run("invoices", "-v", "-c", linked.config).out
    assert re.search(r"БП-1 +proposed: bank receipt, 2026-02-12 +\+150\.00", rows)
    assert "proposed" not in run("invoices", "-c", linked.config).out


def test_the_command_shown_is_the_command_that_ties(run: Run, linked: Linked) -> None:
    (shown,) = re.findall(r"converter (link .*)", run("status", "-c", linked.config).out)
    done = run(*shown.split(), "-c", linked.config)
    assert (done.status, done.out) == (0, "")
    assert "150.00 of 150.00 tied to invoice СЧ-1 of 2026-02-11" in done.err
    assert paid(linked) == {"СЧ-1": "150"}
    assert status(run, linked) == []
    journal = run("journal", "-c", linked.config, lang="ru_RU.UTF-8").out
    assert f"привязана вручную: 150 к счёту {INVOICE}" in journal
    assert run("unlink", "БП-1", "-c", linked.config).status == 0
    assert paid(linked) == {"СЧ-1": "0"}
    assert len(status(run, linked)) == 1
    assert "untied by hand" in run("journal", "-c", linked.config).out


def test_the_rest_of_what_is_tied_in_part_is_shown(run: Run, linked: Linked) -> None:
    assert run("link", "БП-1", "СЧ-2", "--sum", "40", "-c", linked.config).status == 0
    (rest,) = status(run, linked)
    assert (rest["sum"], rest["tied"]) == ("110.00", "40.00")
    assert "110.00 руб., tied 40.00" in run("status", "-c", linked.config).out
    russian = run("status", "-c", linked.config, lang="ru_RU.UTF-8").out
    assert "110.00 руб., привязано 40.00" in russian
    assert run("link", "БП-1", "СЧ-2", "--sum", "150", "-c", linked.config).status == 0
    assert status(run, linked) == []


def test_a_rest_is_shown_where_nothing_is_proposed_for_it(run: Run, linked: Linked) -> None:
    assert run("link", "БП-1", "СЧ-1", "--sum", "40", "-c", linked.config).status == 0
    linked.crm(crm_deletion(guid(20)))
    assert "110.00 руб., tied 40.00" in run("status", "-c", linked.config).out


def test_a_sum_and_json(run: Run, linked: Linked) -> None:
    done = run("link", "БП-1", "СЧ-2", "--sum", "99,5", "--json", "-c", linked.config)
    assert done.status == 0
    told = json.loads(done.out)
    assert told["linked"] == {
        "operation": PAYMENT, "invoice": guid(20), "sum": "99.50", "of": "150.00",
    }  # fmt: skip
    assert told["links"][0]["written"]
    assert paid(linked) == {"СЧ-2": "99.5"}
    told = json.loads(run("unlink", PAYMENT, "--json", "-c", linked.config).out)
    assert told["unlinked"] == PAYMENT


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["link", "БП-9", "СЧ-1"], "there is no operation “БП-9”"),
        (["link", "БП-1", "СЧ-9"], "there is no such invoice"),
        (["link", "БП-1", "СЧ-1", "--sum", "150.01"], "150.00 is left of the operation"),
        (["link", "БП-1", "СЧ-1", "--sum", "0"], "“0” is no sum"),
        (["link", "БП-1", "СЧ-1", "--sum", "1.234"], "“1.234” is no sum"),
        (["link", "БП-1"], "INVOICE is missing"),
        (["unlink", "БП-1"], "not tied by hand"),
        (["link", "БП-1", "СЧ-1", "--link", "other"], "LINK_UNKNOWN"),
    ],
)
def test_what_cannot_be_done_is_wrong_usage(
    run: Run, linked: Linked, arguments: list[str], said: str
) -> None:
    done = run(*arguments, "-c", linked.config)
    assert (done.status, said in done.err) == (2, True), done.err
    assert len(status(run, linked)) == 1


def test_the_help_has_an_example(run: Run) -> None:
    for command in ("link", "unlink"):
        assert f"Example: converter {command} " in run(command, "--help").out

"""The page: its structure, its figures, and that nothing from outside becomes part of it."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path

import pytest
from lxml import etree

from converter.mapping.states import BookWord
from converter.objects import Client, Currency, Interest
from converter.problems import catalogue as say
from converter.report.facts import Facts
from converter.report.ledger import GROUPS
from converter.settings import load
from converter.state.opening import open_state
from tests.conftest import Run
from tests.report.conftest import facts_of, html, office, tree, words_in
from tests.report.office import NOW, Office, settings_in

HOSTILE = "<script>alert('x')</script>\"'><img src=x onerror=alert(1)>\u202e&amp;"
SHOWN = HOSTILE.replace("\u202e", "\ufffd")


@pytest.fixture(scope="module", params=["ru", "en"])
def text(facts: Facts, request: pytest.FixtureRequest) -> str:
    """The page of an ordinary office in one language."""
    return html(facts, request.param)


# -- its structure -------------------------------------------------------------------------------


def test_it_is_html_and_well_formed(text: str) -> None:
    assert text.startswith("<!DOCTYPE html>\n<html lang=")
    root = tree(text)
    assert root.get("lang") in ("ru", "en")
    assert root.find("head/meta[@charset='utf-8']") is not None
    assert root.find("head/meta[@name='viewport']") is not None
    assert (root.findtext("head/title") or "").strip()


def test_headings_go_down_one_step_at_a_time(text: str) -> None:
    levels = [int(str(each.tag)[1]) for each in tree(text).iter("h1", "h2", "h3", "h4")]
    assert levels.count(1) == 1
    assert levels[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_every_table_says_what_it_is_and_of_what_its_cells_are(text: str) -> None:
    tables = list(tree(text).iter("table"))
    assert len(tables) > 10
    for table in tables:
        assert words_in(table[0]) and table[0].tag == "caption"
        columns = table.findall("thead/tr/th")
        assert {each.get("scope") for each in columns} == {"col"}
        for row in table.iterfind("tbody/tr"):
            assert [cell.tag for cell in row] == ["th", *["td"] * (len(columns) - 1)]
            assert row[0].get("scope") == "row"


def test_every_section_has_its_name_and_its_link(text: str) -> None:
    root = tree(text)
    linked = {each.get("href", "")[1:] for each in root.iterfind("body/header/nav//a")}
    sections = list(root.iter("section"))
    assert [each.get("id") for each in sections] == sorted(
        linked, key=[each.get("id") for each in sections].index
    )
    for section in sections:
        (heading,) = (each for each in section.iter("h2"))
        assert section.get("aria-labelledby") == heading.get("id")


def test_the_first_stop_of_the_keyboard_leads_past_the_navigation(text: str) -> None:
    body = tree(text).find("body")
    assert body is not None
    assert (body[0].tag, body[0].get("href")) == ("a", "#main")
    assert body.find("main[@id='main']") is not None
    assert {each.tag for each in body.iter()} & {"input", "button", "select", "form"} == set()


def test_names_are_given_once_and_every_link_leads_somewhere_on_the_page(text: str) -> None:
    root = tree(text)
    names = [found for each in root.iter() if (found := each.get("id"))]
    assert len(set(names)) == len(names)
    links = {each.get("href", "") for each in root.iterfind("body//a")}
    assert {link[:1] for link in links} == {"#"}
    assert {link[1:] for link in links} <= set(names)


def test_it_asks_for_nothing_and_runs_nothing(text: str) -> None:
    root = tree(text)
    tags = {each.tag for each in root.iter()}
    assert tags & {"script", "iframe", "object", "img", "base", "form", "audio"} == set()
    attributes = {name for each in root.iter() for name in each.attrib}
    assert [name for name in attributes if name.startswith("on")] == []
    assert attributes & {"style", "src", "srcset", "action", "xlink:href"} == set()
    for link in root.iter("link"):
        assert (link.get("rel"), (link.get("href") or "")[:5]) == ("icon", "data:")


def test_the_policy_allows_its_own_style_sheet_and_nothing_else(text: str) -> None:
    root = tree(text)
    (style,) = root.iter("style")
    digest = base64.b64encode(hashlib.sha256((style.text or "").encode()).digest()).decode()
    meta = root.find("head/meta[@http-equiv='Content-Security-Policy']")
    assert meta is not None
    policy = dict(part.strip().split(" ", 1) for part in meta.get("content", "").split(";"))
    assert policy.pop("img-src") == "data:"
    assert policy.pop("style-src") == f"'sha256-{digest}'"
    assert policy.pop("default-src") == "'none'"
    assert set(policy.values()) == {"'none'"}


def test_each_language_is_itself(facts: Facts) -> None:
    russian, english = (tree(html(facts, lang)) for lang in ("ru", "en"))
    heads = [words_in(each) for each in english.iter("h2", "caption", "nav", "figcaption")]
    ours = [head for head in heads if re.search("[а-яё]", head)]
    assert all("invoices" in head for head in ours)  # of a client, who has a Russian name
    assert not any(re.search("[a-z]{3}", words_in(each)) for each in russian.iter("h2", "nav"))


# -- its figures ---------------------------------------------------------------------------------


def test_every_invoice_stands_once_with_the_figures_of_the_command(
    run: Run, ordinary: Path, facts: Facts
) -> None:
    listed = json.loads(run("invoices", "--json", "-c", ordinary).out)
    rows = {}
    for table in tree(html(facts)).iterfind(".//section[@id='clients']//table"):
        for row in table.iterfind("tbody/tr"):
            cells = [(cell.text or "").replace("\u00a0", " ") for cell in row]
            assert cells[0] not in rows
            rows[cells[0]] = cells[2:]
    assert rows == {
        each["number"]: [
            f"{Decimal(each['sum']):,.2f} ₽",
            f"{Decimal(each['paid']):,.2f}",
            f"{Decimal(each['shipped']):,.2f}",
        ]
        for each in listed
    }


def test_interests_link_to_every_invoice(facts: Facts) -> None:
    root = tree(html(facts))
    rows = {row.get("id") for row in root.iterfind(".//section[@id='clients']//tr[@id]")}
    links = [
        each.get("href", "")[1:]
        for each in root.iterfind(".//section[@id='interests']//ul[@class='links']//a")
    ]
    assert sorted(links) == sorted(str(row) for row in rows)


def test_the_summary_adds_up(run: Run, ordinary: Path, facts: Facts) -> None:
    listed = json.loads(run("invoices", "--json", "--unpaid", "-c", ordinary).out)
    owed = sum((Decimal(each["sum"]) - Decimal(each["paid"]) for each in listed), Decimal(0))
    to_ship = json.loads(run("invoices", "--json", "--unshipped", "-c", ordinary).out)
    left = sum((Decimal(each["sum"]) - Decimal(each["shipped"]) for each in to_ship), Decimal(0))
    figures = {
        words_in(each[0][0]): words_in(each[0][1])
        for each in tree(html(facts)).iterfind(".//ul[@class='figures']/li")
    }
    assert figures["Owed to us"] == f"{owed:,.2f} ₽"
    assert figures["Not shipped"] == f"{left:,.2f} ₽"
    status = json.loads(run("status", "--json", "-c", ordinary).out)["links"][0]
    assert figures["Operations without an invoice"] == str(len(status["unlinked"]))
    waiting = status["crm"]["waiting"] + status["bp"]["waiting"]
    assert figures["Waiting"] == f"{waiting} objects"
    assert figures["Needs attention"] == str(len(status["held"]) + 1)  # and a certain proposal


def test_what_needs_hands_says_why_what_to_do_and_what_to_type(facts: Facts) -> None:
    root = tree(html(facts))
    items = [words_in(each) for each in root.iterfind(".//ol[@class='hands']/li")]
    assert len(items) == 3
    assert "held Invoice № СЧ-00009003, from CRM" in items[0]
    assert "EnterpriseData 1.8 has no VAT rate НДС22 [VAT_NOT_IN_VERSION]" in items[0]
    assert "→ update BP to a release" in items[0]
    assert 'converter retry "Документ.СчетНаОплату c0de0000' in items[0]
    assert "for 26 h" in items[0]
    assert "to confirm Bank receipt no. 00БП-000731" in items[2]
    assert "converter link c0de0000" in items[2]


def test_what_was_rejected_says_why_and_what_to_do(facts: Facts) -> None:
    section = tree(html(facts)).find(".//section[@id='troubles']")
    assert section is not None
    text = words_in(section)
    assert "Message_BP_CRM.xml" in text
    assert "[XML_BROKEN]" in text
    assert "→ export the message again" in text


def test_the_chart_has_a_table_with_the_same_figures(facts: Facts) -> None:
    root = tree(html(facts))
    exchange = root.find(".//section[@id='exchange']")
    assert exchange is not None
    labels = [svg.get("aria-label", "") for svg in exchange.iter("svg")]
    drawn = [tuple(map(int, re.findall(r"it (\d+)", label))) for label in labels]
    (table,) = exchange.iterfind(".//details/table")
    counts = [[int(cell.text or "") for cell in row[1:]] for row in table.iterfind("tbody/tr")]
    sums = [sum(column) for column in zip(*counts, strict=True)]
    assert drawn == [(sums[0], sums[1]), (sums[2], sums[3])]
    assert sum(sums) == len(facts.links[0].passed)


def test_who_waits_for_whom_and_since_when(facts: Facts) -> None:
    table = next(
        each for each in tree(html(facts)).iter("table") if each[0].text == "Who waits for whom"
    )
    (row,) = table.iterfind("tbody/tr")
    base = facts.links[0].view.bp
    assert base.since is not None
    assert words_in(row).startswith("BP BP has not said yet that it has read 4 objects")
    assert f"{base.since:%H:%M}" in words_in(row)


def test_since_leaves_out_what_is_closed_and_past_but_nothing_that_is_open(
    ordinary: Path, facts: Facts
) -> None:
    since = NOW - timedelta(days=10)
    recent = facts_of(ordinary, since)
    rows = {
        (row[0].text or "")
        for row in tree(html(recent)).iterfind(".//section[@id='clients']//tbody/tr")
    }
    assert rows == {
        view.number for view in facts.links[0].invoices if view.open or view.date >= since
    }
    assert len(recent.links[0].passed) < len(facts.links[0].passed)
    assert all(each.at >= since for each in recent.links[0].passed)


# -- a link in other states ----------------------------------------------------------------------


def test_a_link_that_has_not_begun_has_a_page_too(tmp_path: Path) -> None:
    text = words_in(tree(html(facts_of(settings_in(tmp_path)))))
    assert "There are no invoices yet." in text
    assert "Not begun: converter sync makes the first pass." in text


def test_where_nothing_is_wrong_it_is_calm(tmp_path: Path) -> None:
    with office(tmp_path):
        pass
    root = tree(html(facts_of(tmp_path / "exchange.toml")))
    text = words_in(root)
    assert "Nothing: both bases exchange, and nothing is held." in text
    assert "Nobody waits for anybody." in text
    figures = root.findall(".//ul[@class='figures']/li")
    assert {each.get("class") for each in figures} == {"calm"}


def test_a_stopped_base_stands_first(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        made.hold("crm", "Документ.СчетНаОплату № СЧ-1", NOW, say.FIELD_MISSING())
        made.stop("bp", say.NUMBER_REUSED(number=7, side="bp"))
    items = tree(html(facts_of(tmp_path / "exchange.toml"))).findall(".//ol[@class='hands']/li")
    assert [each.get("class") for each in items] == ["stop", "hold"]
    assert "stopped BP" in words_in(items[0])
    assert "converter doctor --restored bp" in words_in(items[0])


def test_much_that_is_held_is_folded_and_all_there(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        for number in range(30):
            label = f"Документ.СчетНаОплату № СЧ-{number}"
            made.hold("crm", label, NOW - timedelta(hours=number), say.FIELD_MISSING())
    root = tree(html(facts_of(tmp_path / "exchange.toml")))
    assert len(root.findall(".//section[@id='hands']/ol/li")) == 12
    assert len(root.findall(".//section[@id='hands']/details/ol/li")) == 18


def test_many_clients_are_folded_after_the_first_and_all_there(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        for number in range(GROUPS + 5):
            made.invoice(made.party(f"Пример {number}"), f"СЧ-{number}", NOW, f"{1000 + number}")
    section = tree(html(facts_of(tmp_path / "exchange.toml"))).find(".//section[@id='clients']")
    assert section is not None
    assert len(section.findall("details[@class='group']")) == GROUPS
    (more,) = section.findall("details[@class='more']")
    assert words_in(more[0]) == "More: 5 clients"
    assert len(more.findall("details")) == 5


def test_an_invoice_that_bp_withdrew_is_not_owed(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        invoice = made.invoice(made.party("Пример"), "СЧ-1", datetime(2026, 11, 1), "100")
        made.moved(invoice, book=BookWord(withdrawn=True))
    root = tree(html(facts_of(tmp_path / "exchange.toml")))
    assert "withdrawn in BP" in words_in(root)
    first = root.find(".//ul[@class='figures']/li")
    assert first is not None
    assert words_in(first) == "Owed to us 0 nothing"


def test_sums_of_several_currencies_stand_side_by_side(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        party = made.party("Пример")
        made.invoice(party, "СЧ-1", datetime(2026, 11, 1), "1000")
        made.invoice(party, "СЧ-2", datetime(2026, 11, 2), "50", currency=Currency("978", "EUR"))
    first = tree(html(facts_of(tmp_path / "exchange.toml"))).find(".//ul[@class='figures']/li")
    assert first is not None
    assert "1,000.00 ₽ + 50.00 €" in words_in(first)


def test_two_links_stand_side_by_side_and_nothing_is_mixed_up(tmp_path: Path) -> None:
    """The same BP on two links: the same operation, and a client of the same name."""
    path = settings_in(tmp_path)
    second = path.read_text("utf-8").split("[[link]]")[1]
    second = second.replace('"main"', '"south"').replace("exchange/", "south/")
    for side in ("crm", "bp"):
        (tmp_path / "south" / side).mkdir(parents=True)
    path.write_text(f"{path.read_text('utf-8')}\n[[link]]{second.replace('CRM', 'CRM2')}", "utf-8")
    state = open_state(load(path).state, list, NOW)
    with state.begin() as connection:
        for name in ("main", "south"):
            made = Office(connection, name)
            party = made.party("Пример")
            invoice = made.invoice(party, "СЧ-1", NOW - timedelta(days=9), "100")
            made.payment(party, "БП-7", NOW, "100", f"по счету СЧ-1 от {invoice.key.date:%d.%m.%Y}")
    state.close()
    root = tree(html(facts_of(path)))
    exchange = root.find(".//section[@id='exchange']")
    assert exchange is not None
    assert [each.text for each in exchange.iter("h3")] == ["main", "south"]
    (group,) = root.iterfind(".//section[@id='clients']/details")
    notes = [words_in(row[0]) for row in group.iterfind(".//tbody/tr")]
    assert len(notes) == 2
    assert {name for name in ("main", "south") for note in notes if f"· {name}" in note} == {
        "main",
        "south",
    }
    names = [found for each in root.iter() if (found := each.get("id"))]
    assert len(set(names)) == len(names)
    assert len(root.findall(".//ul[@class='payments']/li")) == 2


# -- what comes from outside ---------------------------------------------------------------------


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A page on which every text from outside would like to be more than text."""
    folder = tmp_path_factory.mktemp("hostile")
    with office(folder) as made:
        party = made.party(HOSTILE)
        client, interest = Client(None, HOSTILE + "c"), Interest(HOSTILE, HOSTILE, None, HOSTILE)
        invoice = made.invoice(
            party, HOSTILE[:24], datetime(2026, 1, 1), "100",
            client=client, interest=interest, pay_by=datetime(2026, 2, 1),
        )  # fmt: skip
        made.moved(invoice, "30", "30")
        made.payment(party, HOSTILE, NOW, "70", HOSTILE)
        made.hold("crm", HOSTILE, NOW, say.VALUE_INVALID(HOSTILE, value=HOSTILE, expected=HOSTILE))
        made.reject("bp", HOSTILE, NOW, say.XML_BROKEN(reason=HOSTILE, column=1))
    return html(facts_of(folder / "exchange.toml"))


def test_nothing_from_outside_becomes_markup(hostile: str, facts: Facts) -> None:
    root, plain = tree(hostile), tree(html(facts))
    assert {each.tag for each in root.iter()} <= {each.tag for each in plain.iter()}
    names = {name for each in root.iter() for name in each.attrib}
    assert names <= {name for each in plain.iter() for name in each.attrib}
    assert "<script" not in hostile
    assert "<img" not in hostile


def test_everything_from_outside_is_there_to_be_read(hostile: str) -> None:
    text = "".join(tree(hostile).itertext())
    assert text.count(SHOWN) >= 8


def test_no_character_turns_the_direction_of_the_rest(hostile: str) -> None:
    assert not set(hostile) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def test_anchors_are_plain_names_whatever_an_operation_is_called(hostile: str) -> None:
    for each in tree(hostile).iter():
        assert re.fullmatch(r"[\w-]+", each.get("id", "x"))


def test_a_parser_of_html_sees_the_same(hostile: str) -> None:
    parsed = etree.HTML(hostile)
    html_text, xml_text = ("".join(each.itertext()).split() for each in (parsed, tree(hostile)))
    assert html_text == xml_text

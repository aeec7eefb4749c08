"""``inspect`` shows header, numbers, objects by type, and sums."""

from __future__ import annotations

import json
from pathlib import Path

from tests import messages
from tests.conftest import Run


def test_it_shows_the_header_and_the_objects_with_their_sums(samples: Path, run: Run) -> None:
    done = run("inspect", samples / "crm-invoices.xml")
    assert (done.status, done.err) == (0, "")
    rows = [line.split() for line in done.out.splitlines()]
    assert ["From", "→", "to", "CRM", "→", "BP"] in rows
    assert ["Number", "1"] in rows
    assert ["Received", "0"] in rows
    assert ["Format", messages.CRM_FORMAT] in rows
    assert ["Документ.СчетНаОплату", "3", "210890.17", "643,", "1456.50", "840"] in rows
    assert ["УдалениеОбъекта", "1"] in rows


def test_the_json_report_has_stable_names(samples: Path, run: Run) -> None:
    done = run("inspect", samples / "bp-answers-1.20.xml", "--json")
    report = json.loads(done.out)
    assert (report["from"], report["to"]) == ("BP", "CRM")
    assert (report["message_no"], report["received_no"]) == (2, 1)
    assert report["format"] == messages.bp_format("1.20")
    assert report["created"] == "2026-02-20T07:12:45"
    assert report["plan"] == messages.PLAN
    assert report["rejected"] is False
    assert "1.20" in report["versions"]
    by_type = {kind["type"]: kind for kind in report["objects"]}
    payments = by_type["Документ.ПБДСРасчетыСКонтрагентами"]
    assert (payments["count"], payments["sums"]) == (3, {"643": "143063.35"})
    assert by_type["Справочник.Склады"] == {"type": "Справочник.Склады", "count": 1, "sums": {}}


def test_a_greeting_is_shown_as_settings_without_a_body(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "a.xml"
    file.write_text(messages.greeting(), encoding="utf-8")
    done = run("inspect", file)
    assert done.status == 0
    assert "settings only" in done.out
    assert "1.8 1.19" in done.out
    report = json.loads(run("inspect", file, "--json").out)
    assert (report["message_no"], report["objects"]) == (0, [])
    assert report["format"] == messages.ED_FORMAT


def test_a_message_without_confirmation_has_no_numbers(run: Run) -> None:
    text = messages.crm_message(head=messages.header(confirmation=False))
    done = run("inspect", "-", stdin=text.encode())
    assert done.status == 0
    assert "Number" not in done.out
    report = json.loads(run("inspect", "-", "--json", stdin=text.encode()).out)
    assert (report["from"], report["message_no"]) == (None, None)


def test_a_format_that_cannot_be_converted_can_be_inspected(run: Run) -> None:
    text = messages.message("<a/><a/>", messages.header("urn:x"), "urn:x")
    done = run("inspect", "-", stdin=text.encode())
    assert done.status == 0
    assert ["a", "2"] in [line.split() for line in done.out.splitlines()]


def test_sums_that_are_no_numbers_are_passed_over(run: Run) -> None:
    text = messages.crm_message(
        messages.crm_invoice(total="много"),
        messages.crm_invoice(total="1e5"),
        messages.crm_invoice(),
    )
    done = run("inspect", "-", stdin=text.encode())
    assert ["Документ.СчетНаОплату", "3", "200.00", "643"] in [
        line.split() for line in done.out.splitlines()
    ]


def test_a_damaged_file_is_refused_as_text_and_as_json(tmp_path: Path, run: Run) -> None:
    file = tmp_path / "a.xml"
    file.write_text("<html/>")
    done = run("inspect", file)
    assert done.status == 1
    assert "NOT_A_MESSAGE" in done.err
    assert done.out == ""
    report = run("inspect", file, "--json")
    assert (report.status, report.err) == (1, "")
    assert json.loads(report.out)["rejected"] is True

"""``convert``, called as people and programs call it."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from converter.formats import CRM, enterprise_data
from converter.formats.schemas import schema_path
from tests import messages
from tests.conftest import ROOT, Run, environment

VERSIONS = enterprise_data().versions
MSG = f"{{{messages.MSG}}}"
CRM_SCHEMA = etree.XMLSchema(etree.parse(str(schema_path(CRM, "Message.xsd"))))
BOM = b"\xef\xbb\xbf"


@pytest.fixture
def put(tmp_path: Path) -> Callable[[str, str], Path]:
    """Writes a text as a file."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


Put = Callable[[str, str], Path]


def loaded(path: Path) -> etree._Element:
    """The root of a written message."""
    return etree.parse(str(path)).getroot()


def objects(path: Path) -> list[str]:
    """The types of the objects in a written message."""
    body = loaded(path).find("{*}Body")
    assert body is not None
    return [etree.QName(element).localname for element in body]


def confirmation(path: Path) -> dict[str, str | None]:
    """The fields of Confirmation in a written message."""
    found = loaded(path).find(f"{MSG}Header/{MSG}Confirmation")
    assert found is not None
    return {etree.QName(field).localname: field.text for field in found}


def texts(path: Path, name: str) -> list[str | None]:
    """The texts of all elements of a name in a written message."""
    return [element.text for element in loaded(path).iter(f"{{*}}{name}")]


def clockless(data: bytes) -> list[bytes]:
    """The lines of a message but for the one that holds the time of writing."""
    return [line for line in data.splitlines() if b"CreationDate" not in line]


# -- CRM → BP ------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", VERSIONS)
def test_invoices_are_valid_by_the_official_schema_of_every_version(
    version: str,
    samples: Path,
    tmp_path: Path,
    run: Run,
    official: Callable[[str], etree.XMLSchema],
) -> None:
    target = tmp_path / "for-bp.xml"
    done = run(
        "convert", samples / "crm-invoices.xml", "--to", "bp", "--bp-version", version, "-o", target
    )
    schema = official(version)
    assert schema.validate(etree.parse(str(target))), schema.error_log.last_error
    has_22 = VERSIONS.index(version) >= VERSIONS.index("1.17")
    assert objects(target).count("Документ.ЗаказКлиента") == (3 if has_22 else 2)
    assert done.status == (0 if has_22 else 1)
    assert ("VAT_NOT_IN_VERSION" in done.err) is not has_22
    assert "Traceback" not in done.err


def test_the_version_is_1_19_unless_told_otherwise(samples: Path, tmp_path: Path, run: Run) -> None:
    target = tmp_path / "for-bp.xml"
    assert run("convert", samples / "crm-invoices.xml", "--to", "bp", "-o", target).status == 0
    assert texts(target, "Format") == [messages.bp_format("1.19")]


def test_an_invoice_comes_behind_its_counterparty_and_contract(
    samples: Path, tmp_path: Path, run: Run
) -> None:
    target = tmp_path / "for-bp.xml"
    run("convert", samples / "crm-invoices.xml", "--to", "bp", "-o", target)
    assert objects(target) == [
        "Справочник.Контрагенты",
        "Справочник.Контрагенты",
        "Справочник.Договоры",
        "Справочник.Договоры",
        "Документ.ЗаказКлиента",
        "Документ.ЗаказКлиента",
        "Документ.ЗаказКлиента",
        "УдалениеОбъекта",
    ]


def test_numbers_and_codes_of_the_header_are_kept(put: Put, tmp_path: Path, run: Run) -> None:
    head = messages.header(message_no=17, received_no=5, sender="НФ", to="ДЗ")
    file = put("crm.xml", messages.crm_message(messages.crm_invoice(), head=head))
    target = tmp_path / "for-bp.xml"
    assert run("convert", file, "--to", "bp", "-o", target).status == 0
    assert confirmation(target) == {
        "ExchangePlan": messages.PLAN,
        "To": "ДЗ",
        "From": "НФ",
        "MessageNo": "17",
        "ReceivedNo": "5",
    }
    assert texts(target, "AvailableVersion") == list(VERSIONS)


def test_a_message_for_bp_begins_with_a_bom_and_one_for_the_crm_does_not(
    put: Put, tmp_path: Path, run: Run
) -> None:
    run("convert", put("a.xml", messages.crm_message()), "--to", "bp", "-o", tmp_path / "bp.xml")
    run("convert", put("b.xml", messages.bp_message()), "--to", "crm", "-o", tmp_path / "crm.xml")
    assert (tmp_path / "bp.xml").read_bytes().startswith(BOM + b"<?xml")
    assert (tmp_path / "crm.xml").read_bytes().startswith(b"<?xml")


def test_what_is_held_is_left_out_and_named_and_the_rest_is_written(
    put: Put, tmp_path: Path, run: Run
) -> None:
    good = messages.crm_invoice()
    bad = messages.crm_invoice(ref=messages.guid(20), number="СЧ-2", total="999")
    file, target = put("crm.xml", messages.crm_message(bad, good)), tmp_path / "bp.xml"
    done = run("convert", file, "--to", "bp", "-o", target)
    assert done.status == 1
    assert objects(target) == ["Справочник.Контрагенты", "Документ.ЗаказКлиента"]
    assert "СЧ-2" in done.err
    assert "SUM_NOT_ROWS" in done.err


@pytest.mark.parametrize(
    ("name", "value"), [("name", ""), ("name", "   "), ("inn", ""), ("kpp", "")]
)
def test_a_counterparty_with_a_blank_field_does_not_stop_the_rest(
    name: str, value: str, put: Put, tmp_path: Path, run: Run
) -> None:
    card = messages.crm_counterparty(ref=messages.guid(30), **{name: value})
    file = put("crm.xml", messages.crm_message(card, messages.crm_invoice()))
    target = tmp_path / "bp.xml"
    done = run("convert", file, "--to", "bp", "-o", target)
    assert "Traceback" not in done.err
    assert done.status in (0, 1)
    assert "Документ.ЗаказКлиента" in objects(target)


def test_an_invoice_with_a_blank_number_is_held_and_the_rest_is_written(
    put: Put, tmp_path: Path, run: Run
) -> None:
    blank = messages.crm_invoice(ref=messages.guid(30), number="  ")
    file = put("crm.xml", messages.crm_message(blank, messages.crm_invoice()))
    target = tmp_path / "bp.xml"
    done = run("convert", file, "--to", "bp", "-o", target)
    assert "Traceback" not in done.err
    assert done.status == 1
    assert objects(target).count("Документ.ЗаказКлиента") == 1
    assert "FIELD_MISSING" in done.err


def test_what_the_crm_may_not_change_is_refused_with_a_warning(
    put: Put, tmp_path: Path, run: Run
) -> None:
    state = "<СостояниеСчета><Что/></СостояниеСчета>"
    file = put("crm.xml", messages.crm_message(state, messages.crm_invoice()))
    done = run("convert", file, "--to", "bp", "-o", tmp_path / "bp.xml")
    assert done.status == 0
    assert "NOT_FROM_CRM" in done.err
    assert objects(tmp_path / "bp.xml") == ["Справочник.Контрагенты", "Документ.ЗаказКлиента"]


def test_deletions_are_passed_on_both_ways(put: Put, tmp_path: Path, run: Run) -> None:
    ref = messages.guid(40)
    crm = put("a.xml", messages.crm_message(messages.crm_deletion(ref)))
    bp = put("b.xml", messages.bp_message(messages.bp_deletion(ref)))
    run("convert", crm, "--to", "bp", "-o", tmp_path / "bp.xml")
    run("convert", bp, "--to", "crm", "-o", tmp_path / "crm.xml")
    assert texts(tmp_path / "bp.xml", "ЗаказКлиентаСсылка") == [ref]
    assert texts(tmp_path / "crm.xml", "Ссылка") == [ref]
    assert texts(tmp_path / "crm.xml", "ВидОбъекта") == ["Документ.СчетНаОплату"]


# -- BP → CRM ------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["bp-answers-1.8.xml", "bp-answers-1.20.xml"])
@pytest.mark.parametrize("known", [True, False])
def test_answers_are_valid_in_the_crm_format(
    name: str, known: bool, samples: Path, tmp_path: Path, run: Run
) -> None:
    target = tmp_path / "for-crm.xml"
    more: list[str | Path] = ["--known", samples / "crm-invoices.xml"] if known else []
    done = run("convert", samples / name, "--to", "crm", "-o", target, *more)
    assert done.status == 0, done.err
    assert CRM_SCHEMA.validate(etree.parse(str(target))), CRM_SCHEMA.error_log.last_error


def test_numbers_and_codes_of_an_answer_are_kept(samples: Path, tmp_path: Path, run: Run) -> None:
    target = tmp_path / "for-crm.xml"
    run("convert", samples / "bp-answers-1.20.xml", "--to", "crm", "-o", target)
    kept = confirmation(target)
    assert (kept["From"], kept["To"]) == ("BP", "CRM")
    assert (kept["MessageNo"], kept["ReceivedNo"]) == ("2", "1")
    assert texts(target, "AvailableVersion") == ["1.0"]


def test_operations_of_any_invoice_pass_without_known_and_only_the_crms_with_it(
    samples: Path, tmp_path: Path, run: Run
) -> None:
    answers, target = samples / "bp-answers-1.20.xml", tmp_path / "for-crm.xml"
    run("convert", answers, "--to", "crm", "-o", target)
    foreign = "00БП-000007"
    operations = objects(target).count("Документ.ТорговаяОперация")
    assert foreign in texts(target, "Номер")
    known = samples / "crm-invoices.xml"
    done = run("convert", answers, "--to", "crm", "-o", target, "--known", known)
    assert objects(target).count("Документ.ТорговаяОперация") == operations - 1
    assert foreign not in texts(target, "Номер")
    assert done.status == 0


def test_only_counterparties_of_known_invoices_pass(put: Put, tmp_path: Path, run: Run) -> None:
    theirs = messages.crm_counterparty()
    other = messages.crm_counterparty(messages.guid(50), name="Чужой", inn=None, kpp=None)
    bp = put("bp.xml", messages.bp_message(theirs, other))
    crm = put("crm.xml", messages.crm_message(messages.crm_invoice()))
    target = tmp_path / "for-crm.xml"
    run("convert", bp, "--to", "crm", "-o", target, "--known", crm)
    assert texts(target, "Ссылка") == [messages.PARTY]
    run("convert", bp, "--to", "crm", "-o", target)
    assert texts(target, "Ссылка") == [messages.PARTY, messages.guid(50)]


def test_several_known_files_count_together(put: Put, tmp_path: Path, run: Run) -> None:
    second = messages.guid(60)
    key = messages.bp_key(second, "СЧ-2", "2026-02-11T11:00:00")
    bp = put(
        "bp.xml",
        messages.bp_message(
            messages.bp_payment(messages.guid(61)),
            messages.bp_payment(messages.guid(62), "БП-9", order=key),
        ),
    )
    one = put("one.xml", messages.crm_message(messages.crm_invoice()))
    two = put(
        "two.xml",
        messages.crm_message(
            messages.crm_invoice(ref=second, number="СЧ-2", date="2026-02-11T11:00:00")
        ),
    )
    target = tmp_path / "for-crm.xml"
    run("convert", bp, "--to", "crm", "-o", target, "--known", one)
    assert len(objects(target)) == 1
    run("convert", bp, "--to", "crm", "-o", target, "--known", one, "--known", two)
    assert len(objects(target)) == 2


def test_a_known_file_that_is_none_of_the_crms_is_refused(
    samples: Path, tmp_path: Path, run: Run
) -> None:
    target = tmp_path / "for-crm.xml"
    answers = samples / "bp-answers-1.20.xml"
    done = run("convert", answers, "--to", "crm", "-o", target, "--known", answers)
    assert done.status == 1
    assert "WRONG_DIRECTION" in done.err
    assert not target.exists()


def test_no_state_of_an_invoice_is_written(samples: Path, tmp_path: Path, run: Run) -> None:
    target = tmp_path / "for-crm.xml"
    run("convert", samples / "bp-answers-1.20.xml", "--to", "crm", "-o", target)
    assert "СостояниеСчета" not in objects(target)


# -- messages with little in them ----------------------------------------------------------------


@pytest.mark.parametrize("side", ["bp", "crm"])
def test_a_message_without_a_body_gives_an_empty_body(
    side: str,
    put: Put,
    tmp_path: Path,
    run: Run,
    official: Callable[[str], etree.XMLSchema],
) -> None:
    head = messages.header() if side == "bp" else messages.header(messages.bp_format())
    file, target = put("a.xml", messages.message(None, head)), tmp_path / "b.xml"
    assert run("convert", file, "--to", side, "-o", target).status == 0
    assert objects(target) == []
    assert confirmation(target)["MessageNo"] == "1"
    schema = official("1.19") if side == "bp" else CRM_SCHEMA
    assert schema.validate(etree.parse(str(target))), schema.error_log.last_error


@pytest.mark.parametrize("side", ["bp", "crm"])
def test_a_message_without_confirmation_is_taken_and_gives_none(
    side: str, put: Put, tmp_path: Path, run: Run
) -> None:
    if side == "bp":
        text = messages.crm_message(
            messages.crm_invoice(), head=messages.header(confirmation=False)
        )
    else:
        head = messages.header(messages.bp_format(), confirmation=False)
        text = messages.bp_message(messages.bp_invoice(), head=head)
    target = tmp_path / "b.xml"
    assert run("convert", put("a.xml", text), "--to", side, "-o", target).status == 0
    assert loaded(target).find(f".//{MSG}Confirmation") is None
    assert len(objects(target)) >= 1


def test_a_message_without_a_number_is_taken(put: Put, tmp_path: Path, run: Run) -> None:
    head = messages.header(message_no=None, received_no=None)
    text = messages.crm_message(messages.crm_invoice(), head=head)
    target = tmp_path / "b.xml"
    assert run("convert", put("a.xml", text), "--to", "bp", "-o", target).status == 0
    assert set(confirmation(target)) == {"ExchangePlan", "To", "From"}


def test_a_greeting_is_refused(put: Put, tmp_path: Path, run: Run) -> None:
    target = tmp_path / "b.xml"
    for side in ("bp", "crm"):
        done = run("convert", put("a.xml", messages.greeting()), "--to", side, "-o", target)
        assert done.status == 1
        assert "GREETING" in done.err
        assert not target.exists()


@pytest.mark.parametrize(
    ("name", "side", "other"),
    [("crm-invoices.xml", "crm", "bp"), ("bp-answers-1.8.xml", "bp", "crm")],
)
def test_the_wrong_direction_is_refused_and_the_right_one_named(
    name: str, side: str, other: str, samples: Path, tmp_path: Path, run: Run
) -> None:
    done = run("convert", samples / name, "--to", side, "-o", tmp_path / "b.xml")
    assert done.status == 1
    assert "WRONG_DIRECTION" in done.err
    assert f"--to {other}" in done.err
    assert list(tmp_path.iterdir()) == []


# -- standard input and output -------------------------------------------------------------------


def test_a_dash_is_standard_input_and_output(samples: Path, tmp_path: Path, run: Run) -> None:
    file, target = samples / "crm-invoices.xml", tmp_path / "b.xml"
    run("convert", file, "--to", "bp", "-o", target)
    expected = clockless(target.read_bytes())
    piped = run("convert", "-", "--to", "bp", stdin=file.read_bytes())
    assert piped.status == 0
    assert clockless(piped.raw) == expected
    named = run("convert", "-", "--to", "bp", "-o", "-", stdin=file.read_bytes())
    assert clockless(named.raw) == expected
    run("convert", "-", "--to", "bp", "-o", tmp_path / "c.xml", stdin=file.read_bytes())
    assert clockless((tmp_path / "c.xml").read_bytes()) == expected


def test_the_summary_goes_to_standard_error(samples: Path, run: Run) -> None:
    done = run("convert", samples / "crm-invoices.xml", "--to", "bp")
    assert done.raw.startswith(BOM)
    assert done.out.rstrip().endswith("</Message>")
    assert "СчетНаОплату 3" in done.err


def test_standard_output_stays_empty_when_the_end_of_the_input_is_damaged(
    samples: Path, run: Run
) -> None:
    data = (samples / "crm-invoices.xml").read_bytes()[:-30]
    done = run("convert", "-", "--to", "bp", stdin=data)
    assert (done.status, done.raw) == (1, b"")
    assert "XML_CUT" in done.err


# -- whole or absent -----------------------------------------------------------------------------


def test_a_damaged_end_leaves_neither_output_nor_leavings(
    samples: Path, put: Put, tmp_path: Path, run: Run
) -> None:
    text = (samples / "crm-invoices.xml").read_text(encoding="utf-8")
    file = put("a.xml", text.replace("</Message>", ""))
    done = run("convert", file, "--to", "bp", "-o", tmp_path / "b.xml")
    assert done.status == 1
    assert [path.name for path in tmp_path.iterdir()] == ["a.xml"]


def test_a_refused_file_leaves_the_earlier_output_as_it_was(
    put: Put, tmp_path: Path, run: Run
) -> None:
    target = put("b.xml", "earlier")
    run("convert", put("a.xml", messages.greeting()), "--to", "crm", "-o", target)
    assert target.read_text() == "earlier"


def test_a_new_output_replaces_the_earlier_one(put: Put, run: Run) -> None:
    target = put("b.xml", "earlier" * 10_000)
    file = put("a.xml", messages.crm_message(messages.crm_invoice()))
    assert run("convert", file, "--to", "bp", "-o", target).status == 0
    assert objects(target) == ["Справочник.Контрагенты", "Документ.ЗаказКлиента"]


def test_the_output_may_not_be_the_input(put: Put, tmp_path: Path, run: Run) -> None:
    text = messages.crm_message(messages.crm_invoice())
    file = put("a.xml", text)
    link = tmp_path / "link.xml"
    link.hardlink_to(file)
    for target in (file, tmp_path, link, tmp_path / "." / "a.xml"):
        done = run("convert", file, "--to", "bp", "-o", target)
        assert done.status == 2, target
        assert file.read_text(encoding="utf-8") == text


def test_the_output_may_not_be_a_known_file(samples: Path, put: Put, run: Run) -> None:
    text = messages.crm_message(messages.crm_invoice())
    known = put("known.xml", text)
    run("convert", samples / "bp-answers-1.8.xml", "--to", "crm", "--known", known, "-o", known)
    assert known.read_text(encoding="utf-8") == text


# -- several files -------------------------------------------------------------------------------


def test_several_files_go_into_a_folder_under_their_names(
    samples: Path, tmp_path: Path, run: Run
) -> None:
    files = [samples / "bp-answers-1.8.xml", samples / "bp-answers-1.20.xml"]
    done = run("convert", *files, "--to", "crm", "-o", tmp_path)
    assert done.status == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(file.name for file in files)


def test_one_file_goes_into_a_folder_under_its_name(
    samples: Path, tmp_path: Path, run: Run
) -> None:
    run("convert", samples / "crm-invoices.xml", "--to", "bp", "-o", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["crm-invoices.xml"]


def chain() -> dict[str, str]:
    """A refund of a payment for a shipment of an invoice, each in a message of its own."""
    paid, refunded = messages.guid(71), messages.guid(72)
    return {
        "refund.xml": messages.bp_message(
            messages.bp_payment(
                refunded,
                "БП-4",
                order="",
                settles=messages.bp_settles("ПБДСРасчетыСКонтрагентами", paid, "БП-3"),
            )
        ),
        "payment.xml": messages.bp_message(
            messages.bp_payment(
                paid,
                "БП-3",
                order="",
                settles=messages.bp_settles("РеализацияТоваровУслуг", messages.SHIPMENT, "БП-2"),
            )
        ),
        "shipment.xml": messages.bp_message(messages.bp_shipment()),
    }


@pytest.mark.parametrize("backwards", [False, True])
def test_links_reach_from_file_to_file_in_any_order(
    backwards: bool, put: Put, tmp_path: Path, run: Run
) -> None:
    files = [put(name, text) for name, text in chain().items()]
    results = tmp_path / "results"
    results.mkdir()
    order = files[::-1] if backwards else files
    assert run("convert", *order, "--to", "crm", "-o", results).status == 0
    for file in files:
        assert objects(results / file.name) == ["Документ.ТорговаяОперация"], file.name
        pointers = loaded(results / file.name).iterfind(".//{*}Счета/{*}Строка/{*}Счет/{*}Ссылка")
        assert [pointer.text for pointer in pointers] == [messages.INVOICE]


def test_alone_such_a_file_has_nothing_to_point_at(put: Put, tmp_path: Path, run: Run) -> None:
    file = put("payment.xml", chain()["payment.xml"])
    run("convert", file, "--to", "crm", "-o", tmp_path / "b.xml")
    assert objects(tmp_path / "b.xml") == []


def test_a_refused_file_among_several_stops_only_itself(
    samples: Path, put: Put, tmp_path: Path, run: Run
) -> None:
    results = tmp_path / "results"
    results.mkdir()
    good, bad = samples / "bp-answers-1.8.xml", put("bad.xml", "<html/>")
    for order in ((good, bad), (bad, good)):
        done = run("convert", *order, "--to", "crm", "-o", results)
        assert done.status == 1
        assert [path.name for path in results.iterdir()] == [good.name]
        assert "bad.xml" in done.err


# -- the report and the words --------------------------------------------------------------------

REPORT = {
    "file",
    "output",
    "rejected",
    "read",
    "written",
    "skipped",
    "foreign",
    "absent",
    "held",
    "warnings",
    "problems",
}
PROBLEM = {"id", "severity", "file", "line", "object", "key", "field", "what", "cure"}


def test_the_json_report_has_stable_names(put: Put, tmp_path: Path, run: Run) -> None:
    bad = messages.crm_invoice(ref=messages.guid(20), number="СЧ-2", total="999")
    file = put("a.xml", messages.crm_message(messages.crm_invoice(), bad))
    target = tmp_path / "b.xml"
    done = run("convert", file, "--to", "bp", "-o", target, "--json")
    assert (done.status, done.err) == (1, "")
    (report,) = json.loads(done.out)["files"]
    assert report.keys() >= REPORT
    assert report["file"] == str(file)
    assert report["output"] == str(target)
    assert report["rejected"] is False
    assert (report["read"], report["held"]) == (2, 1)
    assert report["written"] == {"Справочник.Контрагенты": 1, "Документ.СчетНаОплату": 1}
    (problem,) = report["problems"]
    assert problem.keys() >= PROBLEM
    assert (problem["id"], problem["severity"]) == ("SUM_NOT_ROWS", "hold")
    assert problem["key"] == f"Документ.СчетНаОплату {messages.guid(20)}"
    assert (problem["field"], problem["line"]) == ("Сумма", 5)


def test_the_json_report_of_a_refused_file_names_no_output(
    put: Put, tmp_path: Path, run: Run
) -> None:
    file = put("a.xml", "<html/>")
    done = run("convert", file, "--to", "bp", "-o", tmp_path / "b.xml", "--json")
    assert (done.status, done.err) == (1, "")
    (report,) = json.loads(done.out)["files"]
    assert report["rejected"] is True
    assert report["output"] is None
    assert [(each["id"], each["severity"]) for each in report["problems"]] == [
        ("NOT_A_MESSAGE", "reject")
    ]


def test_quiet_says_only_what_is_held_or_refused(put: Put, tmp_path: Path, run: Run) -> None:
    warns = messages.crm_invoice(after_vat="<Выдумка>1</Выдумка>")
    file, target = put("a.xml", messages.crm_message(warns)), tmp_path / "b.xml"
    loud = run("convert", file, "--to", "bp", "-o", target)
    assert "ELEMENT_UNKNOWN" in loud.err
    quiet = run("convert", file, "--to", "bp", "-o", target, "-q")
    assert (quiet.status, quiet.err, quiet.out) == (0, "", "")
    bad = put("bad.xml", messages.crm_message(messages.crm_invoice(total="1")))
    assert "SUM_NOT_ROWS" in run("convert", bad, "--to", "bp", "-o", target, "-q").err


def test_messages_speak_the_language_asked_for(put: Put, run: Run) -> None:
    file = put("a.xml", "<html/>")
    english, russian = "file rejected", "файл отвергнут"
    for arguments, lang, expected in (
        (("--lang", "en"), "ru_RU.UTF-8", english),
        (("--lang=ru",), "C.UTF-8", russian),
        ((), "ru_RU.UTF-8", russian),
        ((), "C.UTF-8", english),
        ((), "de_DE.UTF-8", english),
    ):
        said = run("convert", file, "--to", "bp", *arguments, lang=lang).err
        assert expected in said, (arguments, lang)
        assert "NOT_A_MESSAGE" in said


def test_many_problems_of_one_kind_are_counted_and_not_all_said(
    put: Put, tmp_path: Path, run: Run
) -> None:
    bad = [
        messages.crm_invoice(ref=messages.guid(100 + n), number=f"СЧ-{n}", total="1")
        for n in range(50)
    ]
    done = run(
        "convert", put("a.xml", messages.crm_message(*bad)), "--to", "bp", "-o", tmp_path / "b.xml"
    )
    assert done.err.count("[SUM_NOT_ROWS]") == 20
    assert "30" in done.err.splitlines()[-2]


# -- what is not loaded --------------------------------------------------------------------------

#: what would take a part of the time of each small message, and serves none
NEEDLESS = {
    *("filecmp", "hashlib", "json", "rich", "sqlalchemy", "watchdog", "xmlschema"),
    "converter.problems.catalogue.every",
}


@pytest.mark.parametrize(
    ("name", "side", "other"),
    [("crm-invoices.xml", "bp", "crm"), ("bp-answers-1.20.xml", "crm", "bp")],
)
def test_convert_loads_only_what_a_message_without_problems_needs(
    name: str, side: str, other: str, samples: Path, tmp_path: Path
) -> None:
    done = subprocess.run(
        [
            *(sys.executable, "-X", "importtime", "-m", "converter", "convert"),
            *(str(samples / name), "--to", side, "-o", str(tmp_path / "b.xml")),
        ],
        capture_output=True,
        cwd=ROOT,
        env=environment(),
        text=True,
        encoding="utf-8",
        check=True,
    )
    modules = {
        line.rpartition("|")[2].strip()
        for line in done.stderr.splitlines()
        if line.startswith("import time:")
    }
    assert "lxml.etree" in modules
    assert modules.isdisjoint(NEEDLESS | {f"converter.conversion.to_{other}"})

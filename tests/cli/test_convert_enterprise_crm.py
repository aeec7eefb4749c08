"""``convert --crm-format enterprisedata``, called as people call it, with the samples."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from converter.formats import enterprise_data
from tests.conftest import ROOT, Run

SAMPLES = ROOT / "samples"
ENTERPRISE = ("--crm-format", "enterprisedata")
VERSIONS = enterprise_data().versions


Official = Callable[[str], etree.XMLSchema]


def body_of(path: Path, schema: etree.XMLSchema) -> etree._Element:
    """The Body of a written message that the official schema accepts."""
    root = etree.parse(str(path)).getroot()
    assert schema.validate(root), schema.error_log.last_error
    body = root.find("{*}Body")
    assert body is not None
    return body


def names(body: etree._Element) -> list[str]:
    return [etree.QName(each).localname for each in body]


def test_the_message_of_1c_crm_goes_to_bp(run: Run, tmp_path: Path, official: Official) -> None:
    target = tmp_path / "bp.xml"
    done = run("convert", SAMPLES / "1c-crm-1.3.xml", "--to", "bp", *ENTERPRISE, "-o", target)
    assert done.status == 0, done.err
    body = body_of(target, official("1.19"))
    assert names(body) == [
        "Справочник.Контрагенты",
        "Справочник.Договоры",
        "Справочник.Контрагенты",  # of the invoice whose counterparty the CRM did not send
        "Справочник.Договоры",
        "Документ.ЗаказКлиента",
        "Документ.ЗаказКлиента",
        "УдалениеОбъекта",
    ]
    assert "Склады 1" in done.err
    assert [each.text for each in body.iterfind("{*}Документ.ЗаказКлиента/{*}Сумма")] == [
        "149964.35",
        "1456.5",
    ]


@pytest.mark.parametrize("answers", ["bp-answers-1.8.xml", "bp-answers-1.20.xml"])
@pytest.mark.parametrize("version", VERSIONS)
def test_what_bp_answers_goes_to_every_crm(
    run: Run, tmp_path: Path, official: Official, answers: str, version: str
) -> None:
    target = tmp_path / "crm.xml"
    done = run(
        "convert", SAMPLES / answers, "--to", "crm", *ENTERPRISE, "--crm-version", version,
        "--known", SAMPLES / "1c-crm-1.3.xml", "-o", target,
    )  # fmt: skip
    assert done.status == 0, done.err
    body = body_of(target, official(version))
    for order in body.iter("{*}ЗаказКлиента"):
        assert order.findtext("{*}Номер") in ("СЧ-00000041", "СЧ-00000043")
    assert "Документ.РеализацияТоваровУслуг" in names(body)
    assert not [each for each in names(body) if each.startswith("Справочник.Состояние")]


def test_the_head_of_the_message_tells_the_version_that_is_read(
    run: Run, tmp_path: Path, official: Official
) -> None:
    """Whatever --crm-version says: it is the version to write."""
    target = tmp_path / "bp.xml"
    sample = SAMPLES / "1c-crm-1.3.xml"
    done = run("convert", sample, "--to", "bp", *ENTERPRISE, "--crm-version", "1.8", "-o", target)
    assert (
        done.status,
        names(body_of(target, official("1.19"))).count("Документ.ЗаказКлиента"),
    ) == (0, 2)


def test_a_message_in_the_crm_format_is_not_taken_for_enterprise_data(run: Run) -> None:
    done = run("convert", SAMPLES / "crm-invoices.xml", "--to", "bp", *ENTERPRISE, "-o", "-")
    assert (done.status, done.out) == (1, "")
    assert "CRM_FORMAT_OTHER" in done.err


def test_a_message_of_1c_crm_without_the_option_is_told_of_it(run: Run) -> None:
    done = run("convert", SAMPLES / "1c-crm-1.3.xml", "--to", "bp", "-o", "-")
    assert (done.status, done.out) == (1, "")
    assert "--crm-format enterprisedata" in done.err


@pytest.mark.parametrize("options", [("--crm-version", "1.3"), ("--crm-invoice", "СчетПокупателю")])
def test_what_belongs_to_enterprise_data_is_wrong_without_it(
    run: Run, options: tuple[str, str]
) -> None:
    done = run("convert", SAMPLES / "1c-crm-1.3.xml", "--to", "bp", *options)
    assert done.status == 2
    assert "--crm-format enterprisedata" in done.err


def test_a_version_that_is_not_there_is_answered_by_those_that_are(run: Run) -> None:
    sample = SAMPLES / "bp-answers-1.8.xml"
    done = run("convert", sample, "--to", "crm", *ENTERPRISE, "--crm-version", "1.9")
    assert done.status == 2
    assert "--crm-version" in done.err
    assert "1.22" in done.err

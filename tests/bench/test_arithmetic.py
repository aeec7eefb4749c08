"""What the bench makes of its figures; nothing here takes the time of anything."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench import messages
from bench.content import differences
from bench.inside import middle_of_rounds
from bench.measure import Failed, Spent, in_turns, middle, ratio, run
from bench.table import compared
from converter.formats import CRM
from converter.formats.schemas import schema_path
from tests.conftest import ROOT


def test_the_middle_is_of_each_figure_by_itself_and_the_peak_is_the_highest() -> None:
    spent = [Spent(3.0, 1.0, 20), Spent(1.0, 9.0, 40), Spent(2.0, 2.0, 30)]
    assert middle(spent) == Spent(2.0, 2.0, 40)


def test_a_ratio_has_two_places_and_nothing_is_no_measure() -> None:
    assert ratio(3.0, 2.0) == "1.50"
    assert ratio(3.0, 0.0) == "-"


def test_every_job_is_compared_with_the_first_of_its_size() -> None:
    floor, us = Spent(2.0, 2.0, 20), Spent(3.0, 3.0, 30)
    text = compared("jobs", ["1", "1,000"], {"floor": [floor, floor], "us": [us, "not run"]})
    assert [line.split("|")[1:-1] for line in text.splitlines()][2:] == [
        [" floor ", " 2.00 s, 1.00 ×, 20 MB ", " 2.00 s, 1.00 ×, 20 MB "],
        [" us    ", " 3.00 s, 1.50 ×, 30 MB ", " not run               "],
    ]


def test_a_job_is_the_sum_of_its_commands_and_a_failure_is_said(tmp_path: Path) -> None:
    hold = [sys.executable, "-c", "x = bytearray(64 << 20); x[::4096] = b'1' * len(x[::4096])"]
    assert run([hold, [sys.executable, "-c", ""]], tmp_path).peak > 64
    fail = [sys.executable, "-c", "raise SystemExit('no such luck')"]
    with pytest.raises(Failed, match="no such luck"):
        run([fail], tmp_path)
    found = in_turns({"bad": [fail], "good": [[sys.executable, "-c", ""]]}, 2, tmp_path)
    assert "no such luck" in str(found["bad"])
    assert isinstance(found["good"], Spent)


def test_messages_are_valid_and_no_two_documents_the_same(tmp_path: Path) -> None:
    from lxml import etree

    messages.invoices(25, tmp_path / "crm.xml")
    root = etree.parse(tmp_path / "crm.xml").getroot()
    judge = etree.XMLSchema(etree.parse(str(schema_path(CRM, "Message.xsd"))))
    assert judge.validate(root), judge.error_log
    objects = [etree.tostring(each) for each in root[1]]
    assert len(set(objects)) == len(objects) == 28
    messages.operations(4, tmp_path / "bp.xml")
    names = [etree.QName(each).localname for each in etree.parse(tmp_path / "bp.xml").getroot()[1]]
    assert names == ["Документ.ПБДСРасчетыСКонтрагентами", "Документ.РеализацияТоваровУслуг"] * 2


def test_other_content_is_found_and_white_space_is_none(tmp_path: Path) -> None:
    one, same, other = (tmp_path / name for name in "abc")
    one.write_text("<m><Body><a>1</a></Body></m>")
    same.write_text("<m>\n<Body>\n\t<a>1</a>\n</Body></m>")
    other.write_text("<m><Body><a>2</a></Body></m>")
    assert list(differences(one, same)) == []
    assert list(differences(one, other)) == [("a 1", "a 2")]


def test_the_stylesheet_maps_as_we_do(tmp_path: Path) -> None:
    """The XSLT peer, run by lxml here: a comparison with one that does less would be unfair."""
    from lxml import etree

    messages.invoices(12, tmp_path / "in.xml")
    transform = etree.XSLT(etree.parse(str(ROOT / "bench/peers/invoices.xsl")))
    transform(etree.parse(str(tmp_path / "in.xml"))).write_output(str(tmp_path / "theirs.xml"))
    convert = [sys.executable, "-m", "converter", "convert", str(tmp_path / "in.xml")]
    run([[*convert, "--to", "bp", "-o", str(tmp_path / "ours.xml")]], tmp_path)
    assert list(differences(tmp_path / "ours.xml", tmp_path / "theirs.xml")) == []


def test_rounds_in_one_process_leave_the_first_out() -> None:
    rounds: list[int] = []
    assert middle_of_rounds(lambda: rounds.append(len(rounds)), enough=0) < 1
    assert len(rounds) == 4

"""The simulated bases keep to the rules of 1C's exchange plans."""

from __future__ import annotations

import io
from decimal import Decimal
from pathlib import Path

import pytest

from converter.conversion.check import check_bp, check_crm
from converter.envelope.header import Header
from converter.envelope.reader import Reader
from converter.envelope.writer import closing, opening
from converter.formats import CRM, bp
from converter.mapping.invoice import INVOICE as INVOICE_TABLE
from converter.mapping.invoice import towards_bp
from converter.mapping.writing import writer
from converter.problems import Problem
from tests.mapping.book import BANK_IN, BANK_OUT, CARD, CASH_IN, RETURN, SHIPMENT
from tests.simulation.base import Clock
from tests.simulation.bp import BpBase
from tests.simulation.crm import CrmBase
from tests.simulation.expected import essence, operations, state
from tests.simulation.operations import Operation, Part, part_of
from tests.simulation.things import INVOICE, OPERATION, Key, guid, invoice, row
from tests.simulation.watch import Watch


@pytest.fixture
def crm(tmp_path: Path) -> CrmBase:
    return CrmBase("CRM", "BP", tmp_path, Clock())


@pytest.fixture
def book(tmp_path: Path) -> BpBase:
    return BpBase("BP", "CRM", tmp_path, Clock())


def to_crm(base: CrmBase, number: int, received: int, *texts: str) -> None:
    """A message of the converter's lies in the CRM's folder."""
    header = Header(
        CRM.namespace,
        base.clock.tick(),
        confirmed=True,
        sender="BP",
        to="CRM",
        message_no=number,
        received_no=received,
    )
    text = opening(header, CRM.namespace, bom=False) + "".join(texts) + closing()
    (base.folder / "Message_BP_CRM.xml").write_text(text, encoding="utf-8")


def to_bp(base: BpBase, number: int, received: int, *texts: str) -> None:
    """A message of the converter's lies in BP's folder."""
    header = Header(
        base.dialect.namespace,
        base.clock.tick(),
        confirmed=True,
        sender="CRM",
        to="BP",
        message_no=number,
        received_no=received,
    )
    text = opening(header, header.namespace, bom=True) + "".join(texts) + closing()
    (base.folder / "Message_CRM_BP.xml").write_text(text, encoding="utf-8")


def test_a_message_carries_all_that_is_registered(crm: CrmBase) -> None:
    first = crm.new_invoice(1, "c1", "p1")
    assert crm.send() == 1
    second = crm.new_invoice(2, "c2")
    assert crm.send() == 2
    assert crm.registered == {first: 2, second: 2}
    header = Reader(io.BytesIO(crm.out_path.read_bytes())).header
    assert (header.message_no, header.received_no, header.sender, header.to) == (2, 0, "CRM", "BP")


def test_what_leaves_again_may_keep_its_first_number(crm: CrmBase) -> None:
    crm.keeps_first = True
    first = crm.new_invoice(1, "c1")
    crm.send()
    second = crm.new_invoice(2, "c2")
    crm.send()
    assert crm.registered == {first: 1, second: 2}


def test_an_acknowledgement_settles_what_left_by_then(crm: CrmBase) -> None:
    first = crm.new_invoice(1, "c1")
    crm.send()
    crm.edit_invoice(first, "c2", 3, 50)
    second = crm.new_invoice(2, "c3")
    crm.send()
    crm.edit_invoice(first, "c4", 3, 60)
    to_crm(crm, 1, 2)
    assert crm.receive().outcome == "loaded"
    assert crm.registered == {first: None}
    assert second in crm.objects


def test_1c_believes_an_acknowledgement_of_what_it_never_sent(crm: CrmBase) -> None:
    crm.new_invoice(1, "c1")
    crm.send()
    to_crm(crm, 1, 40)
    crm.receive()
    assert not crm.registered


def test_a_number_that_is_not_new_is_ignored_with_its_acknowledgement(crm: CrmBase) -> None:
    crm.new_invoice(1, "c1")
    crm.send()
    to_crm(crm, 1, 0)
    crm.receive()
    to_crm(crm, 1, 1)
    assert crm.receive().outcome == "repeat"
    assert len(crm.registered) == 1


def test_a_torn_file_changes_nothing(crm: CrmBase) -> None:
    to_crm(crm, 1, 0, writer(INVOICE_TABLE, CRM)(invoice(1, (row(1, 0, 1, 5),), "b1", None)))
    path = crm.folder / "Message_BP_CRM.xml"
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert crm.receive().outcome == "torn"
    assert (crm.received, crm.objects) == (0, {})
    path.write_bytes(whole)
    assert crm.receive().outcome == "loaded"


def test_a_load_overwrites_and_leaves_the_registration(crm: CrmBase) -> None:
    key = crm.new_invoice(1, "c1")
    crm.send()
    to_crm(crm, 1, 1)
    crm.receive()
    crm.edit_invoice(key, "c2", 4, 40)
    theirs = invoice(1, (row(1, 0, 1, 7),), "b1", None)
    to_crm(crm, 2, 1, writer(INVOICE_TABLE, CRM)(theirs))
    crm.receive()
    assert crm.marker(key) == "b1"
    assert crm.registered == {key: None}


@pytest.mark.parametrize("echoes", [False, True])
def test_only_a_base_that_echoes_registers_what_it_loads(crm: CrmBase, echoes: bool) -> None:
    crm.echoes = echoes
    theirs = invoice(1, (row(1, 0, 1, 7),), "b1", None)
    to_crm(crm, 1, 0, writer(INVOICE_TABLE, CRM)(theirs))
    key = Key(INVOICE, theirs.key.ref or "")
    assert crm.receive().keys == (key,)
    assert crm.registered == ({key: None} if echoes else {})


def test_a_backup_brings_back_everything(crm: CrmBase) -> None:
    key = crm.new_invoice(1, "c1")
    crm.send()
    kept = crm.backup()
    crm.drop(key, "c2")
    crm.send()
    to_crm(crm, 1, 2)
    crm.receive()
    crm.restore(kept)
    assert (crm.sent, crm.received, crm.marker(key)) == (1, 0, "c1")
    assert crm.registered == {key: 1}
    assert len(crm.archive) == 2
    assert crm.life == 2


def test_a_message_arrives_half_and_then_whole(crm: CrmBase) -> None:
    crm.new_invoice(1, "c1")
    crm.begin_send()
    half = crm.out_path.read_bytes()
    crm.finish()
    assert crm.out_path.read_bytes() == crm.archive[-1].data
    assert crm.archive[-1].data.startswith(half)


@pytest.mark.parametrize("suffix", [".xml", ".zip"])
def test_a_base_reads_xml_and_zip(crm: CrmBase, book: BpBase, suffix: str) -> None:
    book.own, book.other, book.suffix = "CRM", "BP", suffix  # a message as the converter packs it
    key = book.new_invoice(1, "b1")
    book.send()
    reading = BpBase("BP", "CRM", book.folder, book.clock)
    assert reading.receive() == ("loaded", 1, (key,))


def test_bp_keeps_what_enterprise_data_can_hold(book: BpBase) -> None:
    ours = invoice(2, (row(1, 0, 2, 100), row(2, 1, 1, 30)), "c1", "p1")
    made, _ = towards_bp(ours, book.dialect)
    to_bp(book, 1, 0, writer(INVOICE_TABLE, book.dialect)(made))
    (key,) = book.receive().keys
    held = book.objects[key]
    assert held.comment.startswith("c1\n[CRM: ")
    assert (held.interest, held.client, held.pay_by, held.properties) == (None, None, None, ())
    assert essence(held) == essence(ours)
    book.edit_invoice(key, "b1", 3, 90)
    assert book.marker(key) == "b1"
    assert book.objects[key].comment.endswith("]")
    assert essence(book.objects[key])["total"] == Decimal(300)


def test_bp_unposts_and_posts_again_under_the_same_id(book: BpBase) -> None:
    key = book.new_invoice(1, "b1")
    book.unpost(key)
    book.send()
    assert "УдалениеОбъекта" in book.out_path.read_text(encoding="utf-8-sig")
    assert key in book.objects
    assert book.invoices() == []
    book.post(key)
    book.send()
    assert "УдалениеОбъекта" not in book.out_path.read_text(encoding="utf-8-sig")


def test_bp_does_not_read_a_version_that_it_does_not_know(tmp_path: Path) -> None:
    old = BpBase("BP", "CRM", tmp_path, Clock(), "1.8")
    new = BpBase("BP", "CRM", tmp_path, Clock(), "1.19")
    to_bp(new, 1, 0)
    assert old.receive().outcome == "foreign"
    assert old.received == 0


def test_a_greeting_has_no_body_and_no_number(book: BpBase) -> None:
    book.greet()
    reader = Reader(io.BytesIO(book.out_path.read_bytes()))
    assert (reader.namespace, reader.header.message_no, book.sent) == (None, 0, 0)
    assert reader.header.versions[-1] == "1.19"


def _fill(book: BpBase) -> Key:
    key = book.new_invoice(1, "b1")
    order = book.pointer(key)
    made: dict[str, Operation] = {}
    for index, element in enumerate((BANK_IN, SHIPMENT, CASH_IN, CARD, BANK_OUT, RETURN), 10):
        part = Part(Decimal(100), order)
        if element in (BANK_OUT, RETURN):
            source = made[BANK_IN if element == BANK_OUT else SHIPMENT]
            part = Part(Decimal(100), None, source.pointer())
        goods = part_of(book.objects[key].goods, 1) if element in (SHIPMENT, RETURN) else ()
        made[element] = Operation(element, guid(index), f"О-{index}", f"o{index}", (part,), goods)
        book.write_operation(made[element])
    return key


@pytest.mark.parametrize("version", ["1.3", "1.8", "1.19", "1.22"])
def test_what_bp_writes_is_valid(tmp_path: Path, version: str) -> None:
    book = BpBase("BP", "CRM", tmp_path, Clock(), version)
    _fill(book)
    book.write_item(1, "i1")
    book.write_seller()
    book.unpost(book.operations()[0])
    book.send()
    problems: list[Problem] = []
    check_bp(Reader(io.BytesIO(book.out_path.read_bytes())), bp(version), problems.append)
    assert problems == []


def test_what_the_crm_writes_is_valid(crm: CrmBase) -> None:
    crm.new_invoice(1, "c1", "p1", rows=2)
    crm.edit_party("c2")
    crm.drop(Key(INVOICE, guid(9)), "c3")
    bad = crm.new_invoice(2, "c4")
    crm.spoil_invoice(bad, "c5")
    crm.send()
    problems: list[Problem] = []
    check_crm(Reader(io.BytesIO(crm.out_path.read_bytes())), None, problems.append)
    assert [problem.kind.id for problem in problems if problem.holds] == ["SUM_NOT_ROWS"]
    assert crm.is_bad(bad)


def test_the_naive_model_counts_what_points_at_the_crms_invoices(
    crm: CrmBase, book: BpBase
) -> None:
    key = _fill(book)
    crm.objects[key] = book.objects[key]
    watch = Watch()
    watch.links = {
        ref: part.order.ref
        for ref, (_, parts) in book.parts().items()
        for part in parts
        if part.order is not None
    }
    found = operations(crm, book, watch)
    assert len(found) == 6
    must = state(key, crm.objects[key], crm, book, watch)
    assert must == (Decimal(200), "Переплата", Decimal(0), "НеОтгружен")
    book.unpost(Key(OPERATION, guid(15)))
    must = state(key, crm.objects[key], crm, book, watch)
    assert (must.shipped, must.shipment) == (Decimal(100), "Отгружен")
    crm.drop(key)
    assert operations(crm, book, watch) == {}

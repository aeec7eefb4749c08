"""``converter journal``: SPEC §7, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from converter.state.journal import Journal
from tests.conftest import Run
from tests.messages import INVOICE, PAYMENT, bp_invoice, bp_payment, bp_row, crm_invoice, guid
from tests.state.links import Linked

KIND = "Документ.СчетНаОплату"
REMARK = "<Комментарий>из CRM</Комментарий>"
RUSSIAN = "ru_RU.UTF-8"


@pytest.fixture
def linked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Linked:
    monkeypatch.setenv("TZ", "UTC")
    linked = Linked(tmp_path)
    linked.crm(crm_invoice())
    linked.bp()
    linked.crm()
    return linked


def listed(run: Run, linked: Linked, *arguments: str) -> Any:
    done = run("journal", "--json", *arguments, "-c", linked.config)
    assert (done.status, done.err) == (0, "")
    return json.loads(done.out)


def conflict(linked: Linked) -> None:
    linked.bp(bp_invoice(total="300", rows=bp_row("3", "100", "300")))
    linked.crm(crm_invoice(after_vat=REMARK), received=1)


def write(linked: Linked, event: str, **details: Any) -> None:
    """A line of a version of the program that knew more, or less."""
    state = linked.state()
    with state.begin() as connection:
        Journal(connection, "main", linked.now, 9).write(event, "bp", KIND, INVOICE, **details)
    state.close()


def test_json_has_every_line_newest_first(run: Run, linked: Linked) -> None:
    lines = listed(run, linked)
    names = {"id", "link", "at", "pass", "event", "side", "key", "details"}
    assert all(line.keys() == names for line in lines)
    assert [line["id"] for line in lines] == sorted((line["id"] for line in lines), reverse=True)
    taken = [line for line in lines if line["event"] == "taken"]
    assert [(line["side"], line["details"]["number"]) for line in taken] == [
        ("crm", 2),
        ("bp", 1),
        ("crm", 1),
    ]
    assert taken[-1]["at"] == "2026-03-02T09:02:00Z"
    assert (taken[-1]["link"], taken[-1]["key"]) == ("main", None)


def test_json_tells_problems_in_words(run: Run, linked: Linked) -> None:
    linked.crm(crm_invoice(total="300"))
    (held,) = [line for line in listed(run, linked) if line["event"] == "held"]
    assert held["key"] == f"{KIND} {INVOICE}"
    (problem,) = held["details"]["problems"]
    assert problem["id"] == "SUM_NOT_ROWS"
    assert problem["what"] == "the invoice's sum is 300, its rows add up to 200"
    assert problem["cure"].startswith("recalculate the invoice")
    assert problem["field"] == "Сумма"


def test_the_loser_of_a_conflict_is_in_the_journal_whole(run: Run, linked: Linked) -> None:
    conflict(linked)
    (line,) = [each for each in listed(run, linked) if each["event"] == "conflict"]
    versions = line["details"]["versions"]
    assert line["details"]["winner"] == "crm"
    assert versions["bp"]["goods"][0]["quantity"] == "3"
    assert versions["crm"]["comment"] == "из CRM"


def test_words_for_people(run: Run, linked: Linked) -> None:
    linked.crm(crm_invoice(total="300"))
    linked.put("bp", "nothing of ours")
    linked.sync()
    linked.sync()
    conflict(linked)
    out = run("journal", "-c", linked.config, lang=RUSSIAN).out
    for words in (
        "2026-03-02 09:02:00  main  CRM: принято от неё сообщение 1, 1 объект",
        "БП: принято от неё сообщение 1, без объектов, подтверждает наше 1",
        "CRM: записано для неё сообщение 1, без объектов, подтверждает 1",
        "БП: знает версии формата 1.19",
        f"CRM: {KIND} № СЧ-1: задержан: Сумма: сумма счёта 300, а сумма строк 200 [SUM_NOT_ROWS]",
        "БП: файл Message_BP_CRM.xml отвергнут: ",
        f"CRM: {KIND} № СЧ-1: изменён с обеих сторон, осталась версия CRM; сравнить: --diff",
        f"CRM: {KIND} № СЧ-1: больше не задержан: заменён новой версией",
    ):
        assert words in out


def test_only_so_many_lines(run: Run, linked: Linked) -> None:
    assert len(run("journal", "-n", "2", "-c", linked.config).out.splitlines()) == 2
    assert len(listed(run, linked, "-n", "1")) == 1
    for number in range(60):
        write(linked, "alias", other=str(number))
    assert len(run("journal", "-c", linked.config).out.splitlines()) == 50
    assert len(listed(run, linked)) > 60


def test_quiet_shows_only_what_went_wrong(run: Run, linked: Linked) -> None:
    linked.crm(crm_invoice(total="300"))
    assert [line["event"] for line in listed(run, linked, "-q")] == ["held"]
    assert run("journal", "-q", "-c", linked.config).out.count("\n") == 1


def test_verbose_says_what_to_do(run: Run, linked: Linked) -> None:
    linked.crm(crm_invoice(total="300"))
    assert "→ recalculate" in run("journal", "-v", "-c", linked.config).out
    assert "→" not in run("journal", "-c", linked.config).out


def test_an_event_that_nobody_knows_still_says_itself(run: Run, linked: Linked) -> None:
    write(linked, "teleported", to="Марс", crew=[1, 2])
    line = run("journal", "-n", "1", "-c", linked.config).out
    assert f"BP: {KIND} № СЧ-1: teleported (to Марс, crew [1, 2])" in line


def test_every_event_of_the_exchange_has_words(run: Run, linked: Linked) -> None:
    write(linked, "returned")
    write(linked, "withdrawn")
    write(linked, "missing")
    write(linked, "agreed")
    write(linked, "replayed", number=4)
    write(linked, "replayed_bytes", number=5)
    write(linked, "put_back", number=0)
    write(linked, "put_back", number=6)
    write(linked, "restored", sent=41, received=None)
    write(linked, "dropped", why="beaten", raw="")
    write(linked, "released", why="released", raw="")
    write(linked, "greeted", versions=["1.8", "1.19"])
    out = run("journal", "-c", linked.config).out
    for words in (
        "counts in BP again",
        "withdrawn in BP",
        "not in the base's complete contents",
        "agreed: ",
        "entry 4 of the archive",
        "message 5 taken from the archive",
        "the greeting put back",
        "message 6 put back",
        "(sent 41)",
        "beaten by the other base's version",
        "no longer held, accepted",
        "the base's greeting",
    ):
        assert words in out


def test_an_empty_journal(run: Run, tmp_path: Path) -> None:
    Linked(tmp_path)
    done = run("journal", "-c", tmp_path / "exchange.toml")
    assert (done.status, done.out, done.err) == (0, "", "the journal is empty\n")
    assert run("journal", "--json", "-c", tmp_path / "exchange.toml").out == "[]\n"


# -- two versions --------------------------------------------------------------------------------


def test_a_conflict_as_json(run: Run, linked: Linked) -> None:
    conflict(linked)
    found = listed(run, linked, "--diff", "СЧ-1")
    assert (found["key"], found["winner"]) == (f"{KIND} {INVOICE}", "crm")
    assert found["fields"] == [
        {"field": "Сумма", "crm": "200", "bp": "300"},
        {"field": "Комментарий", "crm": "из CRM", "bp": None},
        {"field": "Товары/Строка[1]/Количество", "crm": "2", "bp": "3"},
        {"field": "Товары/Строка[1]/Сумма", "crm": "200", "bp": "300"},
        {"field": "Товары/Строка[1]/СуммаНДС", "crm": "33.33", "bp": None},
    ]


def test_a_conflict_for_people(run: Run, linked: Linked) -> None:
    conflict(linked)
    done = run("journal", "--diff", f"{KIND} {INVOICE}", "-c", linked.config)
    assert done.status == 0
    assert "changed on both sides, CRM's version stays" in done.out
    rows = [line.split() for line in done.out.splitlines()]
    assert ["Field", "CRM", "BP"] in rows
    assert ["Товары/Строка[1]/Количество", "2", "3"] in rows
    assert ["Комментарий", "из", "CRM", "—"] in rows
    assert not [row for row in rows if row[0] == "КлючевыеСвойства/Номер"]


def test_a_held_version_as_json(run: Run, linked: Linked) -> None:
    linked.crm(crm_invoice(total="300"))
    found = listed(run, linked, "--diff", INVOICE)
    assert (found["event"], found["side"], found["winner"]) == ("held", "crm", None)
    assert found["fields"] == [{"field": "Сумма", "held": "300", "current": "200"}]


def test_what_cannot_be_compared_is_shown_whole(run: Run, linked: Linked) -> None:
    linked.bp(bp_payment().replace("<Номер>БП-1</Номер>", ""))
    done = run("journal", "--diff", PAYMENT, "-c", linked.config)
    assert "<Документ.ПБДСРасчетыСКонтрагентами" in done.out
    assert "<Документ.ПБДС" in listed(run, linked, "--diff", PAYMENT)["raw"]


def test_an_object_without_a_second_version(run: Run, linked: Linked) -> None:
    done = run("journal", "--diff", "СЧ-1", "-c", linked.config)
    assert (done.status, done.out) == (0, "")
    assert "never had a conflict" in done.err
    found = listed(run, linked, "--diff", "СЧ-1")
    assert found == {"key": f"{KIND} {INVOICE}", "winner": None, "fields": []}


def test_a_key_of_nothing_is_wrong_usage(run: Run, linked: Linked) -> None:
    done = run("journal", "--diff", guid(99), "-c", linked.config)
    assert (done.status, guid(99) in done.err) == (2, True)

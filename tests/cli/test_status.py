"""``converter status``: SPEC §7, for people and for programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import Run
from tests.messages import bp_format, bp_message, bp_payment, crm_invoice, guid, header
from tests.state.links import Linked

BASE = {"sent", "received", "acknowledged", "waiting", "alarm"}


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    return Linked(tmp_path)


def link_in(run: Run, linked: Linked) -> dict[str, Any]:
    done = run("status", "--json", "-c", linked.config)
    assert done.status == 0
    (link,) = json.loads(done.out)["links"]
    assert isinstance(link, dict)
    return link


def test_json_has_the_names_of_the_contract(run: Run, linked: Linked) -> None:
    linked.crm(crm_invoice(), crm_invoice(ref=guid(20), number="СЧ-2", total="300"))
    linked.bp(bp_payment())
    link = link_in(run, linked)
    assert {"name", "crm", "bp", "held", "unlinked", "rejected"} <= link.keys()
    assert link["name"] == "main"
    assert {name: link["crm"][name] for name in BASE} == {
        "sent": 2,
        "received": 1,
        "acknowledged": 0,
        "waiting": 2,
        "alarm": None,
    }
    assert {name: link["bp"][name] for name in BASE} == {
        "sent": 2,
        "received": 1,
        "acknowledged": 1,
        "waiting": 0,
        "alarm": None,
    }
    (held,) = link["held"]
    assert held["key"] == f"Документ.СчетНаОплату {guid(20)}"
    assert held["type"] == "Документ.СчетНаОплату"
    assert held["error"] == "the invoice's sum is 300, its rows add up to 200"
    assert (link["unlinked"], link["rejected"]) == ([], 0)


def test_a_link_that_has_not_begun(run: Run, linked: Linked) -> None:
    link = link_in(run, linked)
    zero = {"sent": 0, "received": 0, "acknowledged": 0, "waiting": 0, "alarm": None}
    assert {name: link["crm"][name] for name in BASE} == zero
    assert {name: link["bp"][name] for name in BASE} == zero
    assert (link["begun"], link["held"], link["rejected"]) == (None, [], 0)
    done = run("status", "-c", linked.config)
    assert (done.status, "not begun" in done.out) == (0, True)
    assert not (linked.root / "exchange.db").exists()  # looking begins nothing


def test_one_line_where_all_is_well(
    run: Run, linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "YEKT-5")
    linked.crm(crm_invoice())
    linked.bp()
    done = run("status", "-c", linked.config)
    assert done.out == "main: all is well; CRM → №1, ← №1; BP → №1, ← №1; " + (
        "last message 2026-03-02 14:04:00\n"  # by the user's clock
    )
    assert "acknowledged 1" in run("status", "-v", "-c", linked.config).out
    assert run("status", "-q", "-c", linked.config).out == ""


def test_why_everything_waits_and_what_to_do(run: Run, tmp_path: Path) -> None:
    linked = Linked(tmp_path, version="auto")
    linked.crm(crm_invoice())
    done = run("status", "-c", linked.config, lang="ru_RU.UTF-8")
    assert done.status == 0
    assert "БП ещё не сообщила, какие версии формата она знает; ждут отправки: 2" in done.out
    assert "→ выполните в БП обмен или настройку соединения" in done.out


def test_how_many_wait_where_no_version_is_common(run: Run, tmp_path: Path) -> None:
    linked = Linked(tmp_path, version="auto")
    of_bp = header(bp_format("1.8"), "2026-03-02T09:01:00", 1, 0, "BP", "CRM", versions=("1.2",))
    linked.put("bp", bp_message(version="1.8", head=of_bp))
    linked.sync()
    linked.crm(crm_invoice())
    out = run("status", "-c", linked.config, lang="ru_RU.UTF-8").out
    assert "общей версии формата нет: БП знает 1.2 [VERSION_NONE]" in out
    assert "ждут отправки: 2" in out
    assert link_in(run, linked)["bp"]["waiting"] == 2
    assert "ждут отправки" not in run("status", "-q", "-c", linked.config, lang="ru_RU.UTF-8").out


def test_how_many_wait_is_said_once_where_bp_has_not_said_its_versions(
    run: Run, tmp_path: Path
) -> None:
    linked = Linked(tmp_path, version="auto")
    linked.crm(crm_invoice())
    out = run("status", "-c", linked.config, lang="ru_RU.UTF-8").out
    assert out.count("ждут отправки") == 1


def test_waiting_for_acknowledgement_says_since_when(
    run: Run, linked: Linked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TZ", "UTC")
    linked.crm(crm_invoice())
    out = run("status", "-c", linked.config).out
    assert "waiting for acknowledgement: 2, since 2026-03-02 09:02:00" in out


def test_quiet_says_only_what_needs_a_person(run: Run, linked: Linked) -> None:
    linked.crm(crm_invoice())
    linked.bp()
    linked.crm(crm_invoice(ref=guid(20), number="СЧ-2"))
    assert "waiting for acknowledgement" in run("status", "-c", linked.config).out
    assert run("status", "-q", "-c", linked.config).out == ""
    linked.sent["bp"] = 0
    linked.bp(bp_payment())
    lines = run("status", "-q", "-c", linked.config).out.splitlines()
    assert [each.split()[0] for each in lines] == ["main", "BP", "stopped:", "→"]


def test_an_alarm_in_the_language_of_the_run(run: Run, linked: Linked) -> None:
    linked.crm(crm_invoice())
    linked.bp()
    linked.sent["bp"] = 0
    linked.bp(bp_payment())
    link = link_in(run, linked)
    assert link["bp"]["alarm"] == "message 1 has been here already, with other contents"
    assert (link["crm"]["alarm"], link["rejected"]) == (None, 1)
    done = run("status", "-c", linked.config, lang="ru_RU.UTF-8")
    assert done.status == 0
    assert "остановлена: сообщение 1 уже было, а содержание у него другое" in done.out
    assert "converter doctor --restored bp" in done.out
    assert "Отвергнуто файлов за всё время: 1" in done.out


def test_after_a_restore_it_says_what_is_awaited(run: Run, linked: Linked) -> None:
    linked.crm(crm_invoice())
    linked.bp()
    linked.command("restored", side="bp", sent=1, received=1, agreed=False)
    assert (
        "awaiting its complete contents after a restore" in run("status", "-c", linked.config).out
    )


def test_what_is_held_with_its_cure_and_how_to_try_again(run: Run, linked: Linked) -> None:
    linked.crm(crm_invoice(total="300"))
    out = run("status", "-c", linked.config).out
    assert "Held objects: 1" in out
    assert "Документ.СчетНаОплату № СЧ-1 — from CRM" in out
    assert "Сумма: the invoice's sum is 300, its rows add up to 200 [SUM_NOT_ROWS]" in out
    assert "→ recalculate the invoice in the CRM" in out
    assert f'converter retry "Документ.СчетНаОплату {guid(1)}"' in out
    assert "Held objects: 1" in run("status", "-q", "-c", linked.config).out


def test_it_changes_nothing(run: Run, linked: Linked) -> None:
    linked.crm(crm_invoice())
    before = {path: path.read_bytes() for path in linked.root.rglob("*") if path.is_file()}
    for arguments in (["status"], ["invoices"], ["journal"], ["journal", "--diff", "СЧ-1"]):
        assert run(*arguments, "-c", linked.config).status == 0
    after = {path: path.read_bytes() for path in linked.root.rglob("*") if path.is_file()}
    assert after == before


@pytest.mark.parametrize("command", ["status", "invoices", "journal"])
def test_a_lost_state_is_said_and_not_begun_anew(run: Run, linked: Linked, command: str) -> None:
    linked.crm(crm_invoice())
    database = linked.root / "exchange.db"
    database.unlink()
    done = run(command, "-c", linked.config)
    assert (done.status, "STATE_LOST" in done.err, database.exists()) == (3, True, False)


@pytest.mark.parametrize("command", ["status", "invoices", "journal"])
def test_settings_that_are_not_there(run: Run, tmp_path: Path, command: str) -> None:
    done = run(command, "-c", tmp_path / "exchange.toml", "--json")
    assert done.status == 2
    assert json.loads(done.out)["error"]["id"] == "SETTINGS_MISSING"


@pytest.mark.parametrize("command", ["status", "invoices", "journal"])
def test_one_link_by_its_name(run: Run, linked: Linked, command: str) -> None:
    linked.crm(crm_invoice())
    assert run(command, "--link", "MAIN", "-c", linked.config).out
    done = run(command, "--link", "other", "-c", linked.config)
    assert (done.status, "LINK_UNKNOWN" in done.err) == (2, True)

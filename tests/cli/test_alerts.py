"""Alerts at the command line: ``doctor --test-alert``, ``sync``, ``watch``, ``status``."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.alerts.servers import Web, closed_port, post, web
from tests.conftest import ROOT, Run, environment
from tests.messages import crm_invoice, crm_message
from tests.state.links import Linked

SIGNALS = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of this computer stands between."""
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as site:
        yield site


def linked(root: Path, alerts: str) -> Linked:
    made = Linked(root)
    text = made.config.read_text("utf-8") + f"\n[alerts]\npause = '1s'\n{alerts}"
    made.config.write_text(text, "utf-8")
    return made


def hook(url: str) -> str:
    return f'[alerts.webhook]\nurl = "{url}"\n'


def begun(site: Web) -> list[list[str]]:
    return [[each["kind"] for each in asked.document["begun"]["shown"]] for asked in site.asked]


# -- doctor --test-alert -------------------------------------------------------------------------


def test_a_test_by_each_channel(run: Run, tmp_path: Path, site: Web) -> None:
    with post() as mail:
        made = linked(
            tmp_path,
            hook(site.url("/secret-path"))
            + f'[alerts.mail]\nserver = "127.0.0.1"\nport = {mail.port}\nsecurity = "none"\n'
            f'sender = "a@b.ru"\nto = ["c@d.ru"]\n[alerts.heartbeat]\nurl = "{site.url("/well")}"\n',
        )
        done = run("doctor", "--test-alert", "-c", made.config)
    assert done.status == 0
    assert sorted(done.err.splitlines()) == [
        "all is well, checked: 3",
        f"heartbeat: a test was sent (127.0.0.1:{site.port})",
        "mail: a test was sent (c@d.ru)",
        f"webhook: a test was sent (127.0.0.1:{site.port})",
    ]
    assert mail.received[0].message["Subject"] == "converter: проба оповещений"
    assert {(each.method, each.path) for each in site.asked} == {
        ("POST", "/secret-path"),
        ("GET", "/well"),
    }
    assert not (tmp_path / "exchange.db").exists()


def test_a_channel_that_fails_is_told_with_its_cure(run: Run, tmp_path: Path) -> None:
    made = linked(tmp_path, hook(f"http://127.0.0.1:{closed_port()}/secret"))
    done = run("doctor", "--test-alert", "-c", made.config)
    assert done.status == 3
    assert "the connection was refused [ALERT_WEBHOOK]" in done.err
    assert "secret" not in done.err
    done = run("doctor", "--test-alert", "--json", "-c", made.config)
    [finding] = json.loads(done.out)["findings"]
    assert (finding["subject"], finding["well"]) == ("webhook", False)
    assert finding["problem"]["id"] == "ALERT_WEBHOOK"


def test_without_a_channel_there_is_nothing_to_test(run: Run, tmp_path: Path) -> None:
    done = run("doctor", "--test-alert", "-c", Linked(tmp_path).config)
    assert (done.status, "ALERT_NONE" in done.err) == (2, True)


# -- sync ----------------------------------------------------------------------------------------


def test_sync_tells_at_its_end(run: Run, tmp_path: Path, site: Web) -> None:
    made = linked(tmp_path, hook(site.url("/hook")) + f'[alerts.heartbeat]\nurl = "{site.url()}"\n')
    made.put("crm", crm_message(crm_invoice(total="300")))
    made.put("bp", "<x/>")
    assert run("sync", "-c", made.config).status == 1
    assert run("sync", "-c", made.config).status == 0
    posts = [each for each in site.asked if each.method == "POST"]
    assert len(posts) == 1
    kinds = [each["kind"] for each in posts[0].document["begun"]["shown"]]
    assert sorted(kinds) == ["held", "rejected"]
    assert [each.path for each in site.asked if each.method == "GET"] == ["/", "/"]


def test_a_folder_that_is_away_and_comes_back(run: Run, tmp_path: Path, site: Web) -> None:
    made = linked(tmp_path, hook(site.url()))
    folder = made.root / "exchange/bp"
    assert run("sync", "-c", made.config).status == 0
    folder.rename(made.root / "away")
    assert run("sync", "-c", made.config).status == 3
    assert run("sync", "-c", made.config).status == 3
    (made.root / "away").rename(folder)
    assert run("sync", "-c", made.config).status == 0
    until(lambda: run("sync", "-c", made.config).status == 0 and len(site.asked) > 1)
    first, last = (each.document for each in site.asked)
    assert [each["kind"] for each in first["begun"]["shown"]] == ["away"]
    assert [each["kind"] for each in last["ended"]["shown"]] == ["away"]


def test_a_plan_tells_nobody(run: Run, tmp_path: Path, site: Web) -> None:
    made = linked(tmp_path, hook(site.url()) + f'[alerts.heartbeat]\nurl = "{site.url()}"\n')
    made.put("crm", crm_message(crm_invoice(total="300")))
    assert run("sync", "--dry-run", "-c", made.config).status == 1
    assert site.asked == []


def test_a_channel_that_fails_changes_no_exit_status(run: Run, tmp_path: Path) -> None:
    made = linked(tmp_path, hook(f"http://127.0.0.1:{closed_port()}/"))
    made.put("bp", "<x/>")
    assert run("sync", "-c", made.config).status == 1
    done = run("sync", "-c", made.config)
    assert done.status == 0
    status = run("status", "-c", made.config)
    assert "alerts, webhook: the alert to 127.0.0.1:" in status.out
    assert "attempts that failed: 1, the last " in status.out
    assert "ALERT_WEBHOOK" in run("status", "-q", "-c", made.config).out
    [row] = json.loads(run("status", "--json", "-c", made.config).out)["alerts"]
    assert (row["channel"], row["failures"], row["sent"]) == ("webhook", 1, None)
    assert row["problem"]["id"] == "ALERT_WEBHOOK"


def test_a_state_that_is_lost_is_told_by_the_heartbeat_alone(
    run: Run, tmp_path: Path, site: Web
) -> None:
    made = linked(
        tmp_path,
        hook(site.url("/hook"))
        + f'[alerts.heartbeat]\nurl = "{site.url()}"\nfail_url = "{site.url("/fail")}"\n',
    )
    made.put("crm", crm_message(crm_invoice()))
    run("sync", "-c", made.config)
    (tmp_path / "exchange.db").unlink()
    for command in ("sync", "watch"):
        done = run(command, "-c", made.config)
        assert (done.status, "STATE_LOST" in done.err) == (3, True)
    assert [each.path for each in site.asked] == ["/", "/fail", "/fail"]


def test_a_silent_base_is_shown_by_status(run: Run, tmp_path: Path, site: Web) -> None:
    made = linked(tmp_path, hook(site.url()))
    text = made.config.read_text("utf-8").replace("[link.bp]", '[link.bp]\nsilence = "1h"')
    made.config.write_text(text, "utf-8")
    made.crm(crm_invoice())  # long ago, by the clock of the test
    made.bp()
    assert run("status", "-q", "-c", made.config).out == ""
    run("sync", "-c", made.config)
    out = run("status", "-q", "-c", made.config).out
    assert "no new message from the base (BP)" in out and "[SIDE_SILENT]" in out
    [link] = json.loads(run("status", "--json", "-c", made.config).out)["links"]
    assert [each["side"] for each in link["silent"]] == ["bp"]
    assert begun(site) == [["silent"]]


# -- killed --------------------------------------------------------------------------------------


@SIGNALS
def test_killed_between_commit_and_delivery_it_is_told_by_the_next(
    run: Run, tmp_path: Path
) -> None:
    """And killed between delivery and its mark, it is told once more, as the same news."""
    processes: list[subprocess.Popen[bytes]] = []

    def kill(handler: Any) -> None:
        processes[-1].kill()

    with web(kill) as site:
        made = linked(tmp_path, hook(site.url()))
        made.put("crm", crm_message(crm_invoice(total="300")))
        processes.append(process("sync", "-c", str(made.config)))
        assert processes[0].wait(60) == -signal.SIGKILL
        assert len(site.asked) == 1
        assert run("sync", "-c", made.config).status == 0
        assert run("sync", "-c", made.config).status == 0
        first, second = site.asked
    assert begun(site) == [["held"], ["held"]]
    assert first.document["id"] == second.document["id"]


# -- watch ---------------------------------------------------------------------------------------


@SIGNALS
def test_watch_tells_beside_its_passes(tmp_path: Path, site: Web) -> None:
    made = linked(
        tmp_path,
        hook(site.url("/hook"))
        + f'[alerts.heartbeat]\nurl = "{site.url("/well")}"\nevery = "1s"\n',
    )
    watch = process("watch", "--interval", "0.2", "-c", str(made.config))
    try:
        until(lambda: [each.path for each in site.asked].count("/well") > 1)
        made.put("crm", crm_message(crm_invoice(total="300")))
        until(lambda: posts(site) == [["held"]])
        (made.root / "exchange/bp").rename(made.root / "away")
        until(lambda: posts(site) == [["held"], ["away"]])
        (made.root / "away").rename(made.root / "exchange/bp")
        until(lambda: ended(site) == ["away"])
        watch.send_signal(signal.SIGTERM)
        assert watch.wait(60) == 0
    finally:
        watch.kill()
        watch.wait()


@SIGNALS
def test_a_server_that_hangs_stops_neither_passes_nor_the_end(tmp_path: Path) -> None:
    with web(lambda handler: handler.rfile.read(1)) as site:
        made = linked(tmp_path, hook(site.url()))
        watch = process("watch", "--interval", "0.2", "-c", str(made.config))
        try:
            made.put("crm", crm_message(crm_invoice(total="300")))
            until(lambda: len(site.asked) == 1)
            made.put("crm", crm_message(crm_invoice()).replace("MessageNo>1<", "MessageNo>2<"))
            answer = made.root / "exchange/crm/Message_BP_CRM.xml"
            until(lambda: "<msg:ReceivedNo>2<" in answer.read_text("utf-8-sig"))
            watch.send_signal(signal.SIGTERM)
            assert watch.wait(60) == 0
        finally:
            watch.kill()
            watch.wait()


def posts(site: Web) -> list[list[str]]:
    """The kinds that began, by letter, where any did."""
    documents = [each.document for each in site.asked if each.method == "POST"]
    kinds = [[each["kind"] for each in document["begun"]["shown"]] for document in documents]
    return [each for each in kinds if each]


def ended(site: Web) -> list[str]:
    documents = [each.document for each in site.asked if each.method == "POST"]
    return [each["kind"] for document in documents for each in document["ended"]["shown"]]


def process(*arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "converter", *arguments],
        cwd=ROOT,
        env=environment(),
        stderr=subprocess.DEVNULL,
    )


def until(true: Callable[[], Any]) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)

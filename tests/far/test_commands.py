"""The commands over a real FTP server: sync, status, doctor, watch."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from converter.exchange.mending import folders
from converter.far.transport import FarFailed, Why
from tests.conftest import ROOT, Done, Run
from tests.exchange.world import listing
from tests.far.conftest import Make
from tests.far.directory import Directory
from tests.far.ftpd import PASSWORD, Running, ftp
from tests.far.world import FarWorld, Server
from tests.faults.watching import Watch, until

SAMPLE = ROOT / "samples" / "story" / "2-crm-invoice.xml"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A server with a folder for BP."""
    root = tmp_path / "server"
    (root / "bp").mkdir(parents=True)
    with ftp(root) as found:
        yield found


@pytest.fixture
def config(running: Running, tmp_path: Path) -> Path:
    """Settings with BP's folder on the server, and its password in a file."""
    secret = tmp_path / "server.password"
    secret.write_text(PASSWORD)
    secret.chmod(0o600)
    (tmp_path / "crm").mkdir()
    path = tmp_path / "exchange.toml"
    path.write_text(
        f"""\
[[link]]
name = "main"
settle = 0

[link.crm]
code = "CRM"
folder = "crm"

[link.bp]
code = "BP"
folder = "{running.offered.address("bp")}"
version = "1.19"
poll = 1

[link.bp.login]
password_file = "server.password"
"""
    )
    return path


def call(run: Run, command: str, config: Path, *more: str) -> Done:
    """A command of the exchange."""
    return run(command, "-c", config, *more)


def test_sync_goes_over_the_server(run: Run, config: Path, running: Running) -> None:
    shutil.copy(SAMPLE, config.parent / "crm" / "Message_CRM_BP.xml")
    done = call(run, "sync", config)
    assert done.status == 0, done.err
    assert "BP ← no. 1, 3 objects" in done.err
    assert (running.offered.root / "bp" / "Message_CRM_BP.xml").is_file()


def test_status_says_since_when_a_server_is_away_and_when_it_is_tried(
    run: Run, config: Path, running: Running
) -> None:
    assert call(run, "sync", config).status == 0
    (running.offered.root / "bp").rename(running.offered.root / "moved")
    done = call(run, "sync", config)
    assert done.status == 3
    assert "[FOLDER_ABSENT]" in done.err
    done = call(run, "status", config, "-q")
    assert "[FOLDER_ABSENT]" in done.out
    assert "converter sync at once" in done.out
    (link,) = json.loads(call(run, "status", config, "--json").out)["links"]
    assert link["bp"]["away"]["id"] == "FOLDER_ABSENT"
    assert link["bp"]["away"]["since"] < link["bp"]["away"]["again"]
    assert link["crm"]["away"] is None
    (running.offered.root / "moved").rename(running.offered.root / "bp")
    assert call(run, "sync", config).status == 0
    assert call(run, "status", config, "-q").out == ""


def test_status_says_so_of_a_link_that_could_not_begin(
    run: Run, config: Path, running: Running
) -> None:
    (running.offered.root / "bp").rename(running.offered.root / "moved")
    assert call(run, "sync", config).status == 3
    assert "[FOLDER_ABSENT]" in call(run, "status", config).out


def test_a_plan_of_a_link_that_has_not_begun(run: Run, config: Path, running: Running) -> None:
    shutil.copy(SAMPLE, config.parent / "crm" / "Message_CRM_BP.xml")
    before = listing(running.offered.root)
    done = call(run, "sync", config, "--dry-run")
    assert done.status == 0, done.err
    assert "BP ← no. 1" in done.err
    assert listing(running.offered.root) == before


def test_doctor_really_tries_the_server(run: Run, config: Path, running: Running) -> None:
    assert call(run, "sync", config).status == 0
    before = listing(running.offered.root)
    done = call(run, "doctor", config)
    assert done.status == 0, done.err
    assert {"STOR", "RNTO", "RETR", "DELE"} <= set(running.script.seen)
    assert {name: data for name, (_, data) in listing(running.offered.root).items()} == {
        name: data for name, (_, data) in before.items()
    }
    config.with_name("server.password").write_text("another")
    done = call(run, "doctor", config)
    assert done.status == 3
    assert "[FOLDER_LOGIN]" in done.err
    assert str(running.offered.address("bp")) in done.err


def test_watch_looks_into_the_server_by_itself(config: Path, running: Running) -> None:
    with Watch(config.parent) as watch:
        shutil.copy(SAMPLE, config.parent / "crm" / "Message_CRM_BP.xml")
        until(lambda: "BP ← no. 1" in watch.said, "written for BP")
        shutil.copy(
            ROOT / "samples" / "story" / "3-bp-payment.xml",
            running.offered.root / "bp" / "Message_BP_CRM.xml",
        )
        until(lambda: "BP → no. 1" in watch.said, "taken from BP")


@pytest.mark.parametrize("refused", ["write", "rename", "read", "remove", "make_folder"])
def test_doctor_finds_each_right_that_is_missing(
    refused: str, directory: Server, make: Make
) -> None:
    def refuse(*arguments: object) -> None:
        raise FarFailed(Why.DENIED, f"no right to {refused}")

    def opened(address: object, credentials: object) -> Directory:
        found = Directory(directory.root / getattr(address, "path", ""))
        setattr(found, refused, refuse)
        return found

    world: FarWorld = make(directory)
    problems = [each.problem for each in folders(world.link, os.environ, opened) if each.problem]
    assert [each.kind.id for each in problems] == ["FOLDER_REFUSED", "FOLDER_REFUSED"]
    assert refused in problems[0].what("en")
    assert [each.problem for each in folders(world.link, os.environ, world.connect)] == [None, None]

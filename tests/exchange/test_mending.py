"""What `converter doctor` finds, and whether a state can be made again from the archive (SPEC §7)."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path

from msgspec.structs import replace

from converter.exchange.mending import (
    Finding,
    counters,
    discard,
    folders,
    unmakeable,
    writable,
    zip_passwords,
)
from converter.exchange.traces import traces, traces_of
from converter.folder.lock import Holder
from converter.problems import Problem, Said
from converter.settings import Settings
from converter.settings.model import Login
from converter.state import tables
from converter.state.opening import open_state
from tests.exchange.world import World
from tests.far.world import FarWorld
from tests.mapping.book import crm_invoice


def said(problem: Problem | None) -> tuple[str, dict[str, object]] | None:
    """A problem's id and what its words name."""
    return None if problem is None else (problem.kind.id, dict(problem.details))


def began(world: World) -> None:
    world.crm.send(crm_invoice())
    world.run()


# -- the state -----------------------------------------------------------------------------------


def test_what_a_state_can_be_made_again_from(world: World) -> None:
    assert unmakeable(world.link) is None  # there never was one
    began(world)
    assert unmakeable(world.link) is None  # the archive is there
    records = [base.folder / "archive" / "passes" for base in (world.crm, world.bp)]
    for each in records:
        (each / "000000" / "000000001.json").unlink()
    assert said(unmakeable(world.link)) == (
        "ARCHIVE_GAP", {"archive": str(records[0]), "missing": 1},
    )  # fmt: skip
    for each in records:
        shutil.rmtree(each)
    problem = said(unmakeable(world.link))
    assert problem is not None
    trace = next(traces_of(world.link))
    assert problem == ("ARCHIVE_EMPTY", {"archive": str(records[0]), "trace": str(trace)})
    assert trace.is_relative_to(world.crm.folder / "archive")


def test_every_sort_of_trace_is_found(world: World) -> None:
    nothing = (
        world.crm.folder / "archive" / ".converter-x",
        world.crm.folder / "Message_CRM_BP.xml",  # the CRM's own
        world.crm.folder / "notes.txt",
        world.bp.folder / "Message_BP_CRM.xml",
    )
    left = [
        world.crm.folder / "archive" / "deep" / "x.xml",
        world.crm.folder / "rejected" / "x.txt",
        world.crm.folder / "Message_BP_CRM.zip",
        world.bp.folder / "archive" / "y.xml",
        world.bp.folder / "rejected" / "y.xml",
        world.bp.folder / "Message_CRM_BP.xml",
    ]
    for path in nothing:
        path.parent.mkdir(exist_ok=True)
        path.write_text("x")
    assert list(traces_of(world.link)) == []
    for path in left:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    assert list(traces_of(world.link)) == left
    assert traces(Settings(link=(world.link,), path=world.root)) == left
    shutil.rmtree(world.bp.folder)
    assert list(traces_of(world.link)) == left[:3]


def test_only_the_file_of_a_state_is_removed(tmp_path: Path) -> None:
    state, other = tmp_path / "exchange.db", tmp_path / "other.db"
    state.touch()
    other.touch()

    def discarded(url: str) -> None:
        discard(Settings(state=url, link=(), path=tmp_path))

    discarded(f"postgresql+psycopg://user@host/{other}")
    discarded("sqlite://")
    assert state.exists() and other.exists()
    for _ in range(2):
        discarded(f"sqlite:///{state}")
    assert (state.exists(), other.exists()) == (False, True)


def test_counters_tell_an_alarm_and_a_gap(world: World) -> None:
    assert list(counters(world.link, world.state())) == []
    began(world)
    place = str(world.crm.folder / "archive" / "passes")
    assert list(counters(world.link, world.state())) == [
        Finding("main: crm"), Finding("main: bp"), Finding(place),
    ]  # fmt: skip
    world.bp.send(received_no=99)
    world.run()
    for base in (world.crm, world.bp):
        shards = base.folder / "archive" / "passes" / "000000"
        (shards / "000000005.json").write_text("{}")
    first, second, third = counters(world.link, world.state())
    assert (first.problem, second.subject, third.subject) == (None, "main: bp", place)
    assert said(second.problem) == ("ACK_UNKNOWN", {"number": "99", "sent": "1", "side": "bp"})
    assert said(third.problem) == ("ARCHIVE_GAP", {"archive": place, "missing": 4})


def test_a_state_that_can_be_written_to_keeps_nothing_of_the_try(state_url: str) -> None:
    for _ in range(2):
        state = open_state(state_url, list, datetime(2026, 3, 2))
        assert writable(state) == Finding(state.name)
        with state.read() as connection:
            assert list(connection.execute(tables.layout.select()).scalars()) == [tables.VERSION]
        who = Holder(1, "host", "user", "doctor", "")
        with state.hold("main", who, 0.0) as lease, state.under(lease) as ours:
            assert writable(ours) == Finding(state.name)
        state.close()


def test_a_state_that_was_replaced_while_it_was_open(tmp_path: Path) -> None:
    path = tmp_path / "exchange.db"
    state = open_state(f"sqlite:///{path}", list, datetime(2026, 3, 2))
    path.rename(tmp_path / "away.db")
    path.touch()
    found = writable(state)
    assert (found.subject, said(found.problem)) == (
        str(path),
        (
            "STATE_FAILED",
            {
                "state": str(path),
                "reason": Said(
                    "пока программа работала, файл убрали или подменили; запустите её заново",
                    "the file was removed or replaced while the program ran; start it again",
                ),
            },
        ),
    )
    state.close()


# -- passwords -----------------------------------------------------------------------------------


def test_passwords_of_zips_are_asked_for_side_by_side(world: World) -> None:
    link = world.link
    assert list(zip_passwords(link, {})) == []
    link = replace(
        link,
        crm=replace(link.crm, password_env="CRM_ZIP"),
        bp=replace(link.bp, password_command=("no-such-command-here",)),
    )
    crm, bp = zip_passwords(link, {"CRM_ZIP": "secret"})
    assert crm == Finding("main: crm: password")
    assert bp.subject == "main: bp: password"
    assert bp.problem is not None and bp.problem.kind.id == "PASSWORD_COMMAND"
    crm, _ = zip_passwords(link, {})
    assert said(crm.problem) == ("PASSWORD_UNSET", {"link": "main", "name": "CRM_ZIP"})


# -- folders -------------------------------------------------------------------------------------


def test_folders_that_can_be_used_and_one_that_is_away(world: World) -> None:
    crm, bp = str(world.crm.folder), str(world.bp.folder)
    assert list(folders(world.link)) == [Finding(crm), Finding(bp)]
    world.bp.folder.rmdir()
    well, away = folders(world.link)
    assert well == Finding(crm)
    assert (away.subject, said(away.problem)) == (
        bp,
        ("FOLDER_MISSING", {"folder": world.bp.folder}),
    )


def test_a_folder_on_a_server_is_tried_there_and_here(far: FarWorld) -> None:
    server, here, bp = "ftp://files.example/crm", far.link.crm.folder, str(far.bp.folder)

    def looked() -> list[Finding]:
        return list(folders(far.link, far.environment, far.connect))

    assert looked() == [Finding(server), Finding(bp)]
    here.mkdir(parents=True)
    assert looked() == [Finding(server), Finding(str(here)), Finding(bp)]
    assert list(far.crm.folder.iterdir()) == []
    shutil.rmtree(far.crm.folder)
    missing, *others = looked()
    assert others == [Finding(str(here)), Finding(bp)]
    assert missing.subject == server
    assert missing.problem is not None
    assert (missing.problem.kind.id, dict(missing.problem.details)["folder"]) == (
        "FOLDER_ABSENT", server,
    )  # fmt: skip
    login = Login(password_env="CRM_LOGIN")
    far.link = replace(far.link, crm=replace(far.link.crm, login=login))
    unset = looked()[0]
    assert unset.subject == server
    assert unset.problem is not None
    (key, value) = ("password_env", Said("переменной CRM_LOGIN нет", "CRM_LOGIN is not set"))
    assert said(unset.problem) == (
        "LOGIN_PASSWORD",
        {"folder": server, "key": key, "reason": value},
    )

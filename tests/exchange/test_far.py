"""A link with a folder on a server: what is asked for there, and what is told of it (SPEC §5, §6)."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec.structs import replace

from converter.exchange import far as exchange_far
from converter.exchange.archive import Archive
from converter.far import mirror
from converter.far.address import Address
from converter.far.opening import Credentials
from converter.far.transport import FarFailed, Transport, Why
from converter.problems import Stopped
from converter.settings.model import Login
from tests.exchange.world import BOOK
from tests.far import world as far_world
from tests.far.world import FarWorld
from tests.mapping.book import crm_invoice


def test_a_server_is_asked_by_the_names_of_the_pair(far: FarWorld) -> None:
    strangers = ("Message_CRM_ERP.xml", "Message_UT_BP.xml", "notes.txt")
    for name in strangers:
        (far.crm.folder / name).write_text("x")
    far.crm.send(crm_invoice(), name="MessageЦБ_CRM_BP.xml")
    report = far.run()
    assert [each.file for each in report.taken] == ["MessageЦБ_CRM_BP.xml"]
    assert [(each.side, each.file) for each in report.written] == [
        ("crm", "Message_BP_CRM.xml"), ("bp", "Message_CRM_BP.xml"),
    ]  # fmt: skip
    here = {each.name for each in far.link.crm.folder.iterdir() if each.is_file()}
    assert not here & set(strangers)
    assert (far.crm.folder / "Message_BP_CRM.xml").is_file()
    assert far.exchange().is_far
    peer = "c0de0000-0000-0000-0000-000000000384"
    far.crm.greet(guid=peer)
    far.run()
    (far.crm.folder / "Message_CRM_BP.xml").unlink()
    ours = far.row("crm").guid
    far.crm.send(crm_invoice(peer, "СЧ-2"), sender=peer, to=ours, name=f"Message_{peer}_{ours}.xml")
    assert [each.file for each in far.run().taken] == [f"Message_{peer}_{ours}.xml"]


@pytest.mark.parametrize("name", ["Message_BP_CRM.xml", "Message_BP_CRM.zip"])
def test_a_message_of_ours_on_a_server_tells_of_a_lost_state(far: FarWorld, name: str) -> None:
    (far.crm.folder / name).write_text("x")
    with pytest.raises(Stopped) as stopped:
        far.run()
    trace = f"ftp://files.example/crm/{name}"
    problem = stopped.value.problem
    assert problem.kind.id == "STATE_LOST"
    assert dict(problem.details) == {"state": far.state().name, "trace": trace}
    assert Archive(far.link).last() == 0


def test_a_server_that_refuses_a_login_is_asked_with_the_new_password(far: FarWorld) -> None:
    login = Login(password_env="CRM_LOGIN")
    far.link = replace(far.link, crm=replace(far.link.crm, login=login))
    far.environment["CRM_LOGIN"] = "old"
    shown: list[bytes | None] = []
    through = far.connect

    def refusing(address: Address, credentials: Credentials) -> Transport:
        shown.append(credentials.password)
        if shown[-1] == b"old" and len(shown) > 2:
            raise FarFailed(Why.LOGIN, "530")
        return through(address, credentials)

    far.connect = refusing
    exchange = far.exchange()
    exchange.run()
    far.tick(3600)
    far.crm.send(crm_invoice())
    (side, problem) = exchange.run().away[0]
    assert (side, problem.kind.id) == ("crm", "FOLDER_LOGIN")
    far.environment["CRM_LOGIN"] = "new"
    far.tick(3600)
    assert [each.number for each in exchange.run().taken] == [1]
    assert set(shown) == {b"old", b"new"}


def test_names_that_no_folder_here_can_hold_are_told(far: FarWorld) -> None:
    (far.crm.folder / "Message\x01_CRM_BP.xml").write_text("x")
    far.crm.send(crm_invoice())
    report = far.run()
    assert [(each.kind.id, each.where.file) for each in report.problems] == [
        ("FILE_MISNAMED", "Message\\x01_CRM_BP.xml")
    ]
    assert (report.status, len(report.taken)) == (0, 1)


def test_a_server_that_fails_leaves_the_other_side_going(far: FarWorld) -> None:
    far.crm.send(crm_invoice())
    far.run()
    far.bp.send()
    far.crm.folder.rename(far.root / "away")
    report = far.run()
    assert [each.side for each in report.taken] == ["bp"]
    assert [side for side, _ in report.away] == ["crm"]
    assert report.status == 3


def test_a_server_is_shown_what_the_settings_say(far: FarWorld) -> None:
    login = Login(
        password_env="CRM_LOGIN", key=Path("/keys/id"), known_hosts=Path("/keys/hosts"),
        certificate=Path("/keys/ca.pem"), passive=False,
    )  # fmt: skip
    far.link = replace(far.link, crm=replace(far.link.crm, login=login))
    far.environment["CRM_LOGIN"] = "secret"
    shown: list[tuple[str, Credentials]] = []
    through = far.connect

    def noting(address: Address, credentials: Credentials) -> Transport:
        shown.append((str(address), credentials))
        return through(address, credentials)

    far.connect = noting
    steps: list[str] = []
    far.run(steps.append)
    assert steps == ["begun", "decided", "archived", "committed", "moved", "pushed", "pushed"]
    whole = Credentials(
        b"secret", Path("/keys/id"), Path("/keys/hosts"), Path("/keys/ca.pem"), False
    )
    assert set(shown) == {("ftp://files.example/crm", whole)}


def test_a_refused_message_named_by_guids_is_set_aside_on_the_server(far: FarWorld) -> None:
    peer = "c0de0000-0000-0000-0000-000000000384"
    far.crm.greet(guid=peer)
    far.run()
    name = f"Message_{peer}_{far.row('crm').guid}.xml"
    far.crm.send(crm_invoice(), sender="УТ", name=name)
    assert [each.file for each in far.run().aside] == [name]
    assert not (far.crm.folder / name).exists()
    assert len(far.crm.rejected()) == 2


def test_a_file_that_is_too_large_is_told_and_not_fetched(
    far: FarWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = far.crm.put(far.crm.compose(crm_invoice()))
    size = path.stat().st_size
    for module in (mirror, exchange_far):
        monkeypatch.setattr(module, "LARGEST", size - 1)
    far.bp.send()
    report = far.run()
    ((side, problem),) = report.away
    assert (side, problem.kind.id, problem.where.file) == ("crm", "FILE_TOO_LARGE", far.crm.name)
    assert dict(problem.details) == {"size": size, "limit": size - 1}
    assert ([each.side for each in report.taken], path.exists()) == (["bp"], True)


@pytest.mark.parametrize("latin", [True, False])
def test_a_server_is_shown_names_in_latin_letters_where_those_are_wanted(
    far: FarWorld, latin: bool
) -> None:
    world = far_world.FarWorld(
        far.root / "names", far.server, ("crm",), codes=("НФ", "ДЗ"), transliterate=latin
    )
    world.crm.send(crm_invoice())
    world.run()
    name = "Message_DZ_NF.xml" if latin else "Message_ДЗ_НФ.xml"
    assert (world.crm.folder / name).is_file()
    world.close()


def test_each_side_on_a_server_goes_for_itself(far: FarWorld) -> None:
    both = far_world.FarWorld(far.root / "both", far.server)
    both.crm.send(crm_invoice())
    both.run()
    both.crm.send(crm_invoice("b0000000-0000-0000-0000-000000000005", "СЧ-5"))
    reached = both.connect

    def away(address: Address, credentials: Credentials) -> Transport:
        if str(address).endswith("/crm"):
            raise FarFailed(Why.AWAY, "no route")
        return reached(address, credentials)

    both.connect = away
    both.bp.send(BOOK.payment())
    report = both.run()
    assert ([side for side, _ in report.away], [each.side for each in report.taken]) == (
        ["crm"], ["bp"],
    )  # fmt: skip
    answer = both.bp.look()
    assert answer is not None
    assert (answer.number, answer.received) == (2, 1)
    both.close()

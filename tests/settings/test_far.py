"""Folders on servers in exchange.toml."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.far.address import Address
from tests.settings.files import link, settings, stopped

FTP = "ftp://1c@files.example/bp"


def test_a_path_is_a_path(tmp_path: Path) -> None:
    [found] = settings(tmp_path, link()).link
    assert (found.bp.far, found.bp.folder) == (None, tmp_path / "exchange" / "bp")


def test_the_working_folder_lies_beside_the_state(tmp_path: Path) -> None:
    text = "state = 'sqlite:///data/exchange.db'\n" + link(bp=FTP)
    [found] = settings(tmp_path, text).link
    assert found.bp.far == Address("ftp", "files.example", 21, "bp", "1c")
    assert found.bp.folder == tmp_path / "data" / "work" / "main" / "bp"
    assert found.crm.far is None


def test_with_a_server_of_a_database_it_lies_beside_the_settings(tmp_path: Path) -> None:
    text = "state = 'postgresql://db/exchange'\n" + link(bp=FTP)
    [found] = settings(tmp_path, text).link
    assert found.bp.folder == tmp_path / "work" / "main" / "bp"


def test_it_may_be_chosen(tmp_path: Path) -> None:
    [found] = settings(tmp_path, link(bp=FTP, more="bp.work = 'copies/bp'\n")).link
    assert found.bp.folder == tmp_path / "copies" / "bp"


def test_names_of_links_that_no_folder_can_have_are_told_apart(tmp_path: Path) -> None:
    text = link("a/b", bp=FTP) + link("a:b", "c", "ftp://1c@files.example/other")
    folders = [each.bp.folder for each in settings(tmp_path, text).link]
    assert len(set(folders)) == 2
    for each in folders:
        assert each.parent.parent == tmp_path / "work"


def test_the_login_is_read(tmp_path: Path) -> None:
    more = (
        "bp.login.key = 'id_ed25519'\nbp.login.password_env = 'BP_SERVER_PASSWORD'\nbp.poll = 5\n"
    )
    [found] = settings(tmp_path, link(bp="sftp://1c@files.example/bp", more=more)).link
    assert found.bp.login.key == tmp_path / "id_ed25519"
    assert found.bp.login.password_env == "BP_SERVER_PASSWORD"
    assert found.bp.poll == 5
    assert found.crm.login.key is None


@pytest.mark.parametrize("text", ["http://files.example/bp", "ftp://", "smb://files.example"])
def test_what_is_no_address_is_named_with_a_right_one(text: str, tmp_path: Path) -> None:
    problem = stopped(tmp_path, link(bp=text))
    assert problem.kind.id == "SETTING_TYPE"
    assert (problem.where.field, problem.where.line) == ("link[1].bp.folder", 6)
    assert "sftp://" in problem.cure("en")


def test_a_password_in_an_address_is_refused_and_not_repeated(tmp_path: Path) -> None:
    problem = stopped(tmp_path, link(bp="ftp://1c:secret@files.example/bp"))
    assert problem.kind.id == "SETTING_PASSWORD"
    assert "password_env" in problem.cure("en")
    assert "secret" not in repr(problem)


def test_a_password_under_login_has_one_place(tmp_path: Path) -> None:
    more = "bp.login.password_env = 'A'\nbp.login.password_file = 'b'\n"
    problem = stopped(tmp_path, link(bp=FTP, more=more))
    assert problem.kind.id == "SETTING_CLASH"
    assert problem.where.field == "link[1].bp.login.password_file"


def test_a_password_itself_under_login_is_refused(tmp_path: Path) -> None:
    problem = stopped(tmp_path, link(bp=FTP, more="bp.login.password = 'secret'\n"))
    assert problem.kind.id == "SETTING_PASSWORD"
    assert "secret" not in repr(problem)


@pytest.mark.parametrize(
    ("crm", "bp"),
    [
        (FTP, FTP),
        (FTP, "ftp://other@FILES.example/bp/"),
        (FTP, f"{FTP}/rejected"),
        ("work/main/bp", FTP),
    ],
)
def test_two_bases_in_one_folder_clash(crm: str, bp: str, tmp_path: Path) -> None:
    assert stopped(tmp_path, link(crm=crm, bp=bp)).kind.id == "SETTING_CLASH"


def test_an_address_is_no_key(tmp_path: Path) -> None:
    assert stopped(tmp_path, link(more="bp.far = 'x'\n")).kind.id == "SETTING_UNKNOWN"

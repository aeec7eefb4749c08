"""What is taken: the file of the contract, defaults, paths made absolute (SPEC §8)."""

from __future__ import annotations

import os
import re
from pathlib import Path

import msgspec
import pytest

from converter.formats import enterprise_data
from converter.problems import Stopped
from converter.settings import Bp, Crm, Link, load
from tests.conftest import ROOT
from tests.settings.files import SMALLEST, link, settings

CONTRACT = """\
state = "sqlite:///exchange.db"

[[link]]
name = "main"
plan = "СинхронизацияДанныхЧерезУниверсальныйФормат"
conflicts = "crm"
settle = 60

[link.crm]
code = "CRM"
folder = "exchange/crm"

[link.bp]
code = "BP"
folder = "exchange/bp"
version = "auto"
"""


def test_the_smallest_file_gives_what_the_contract_shows(tmp_path: Path) -> None:
    shown = settings(tmp_path, CONTRACT)
    assert settings(tmp_path, SMALLEST) == shown
    assert shown.path == tmp_path / "exchange.toml"
    assert shown.state == f"sqlite:///{tmp_path / 'exchange.db'}"
    assert shown.link == (
        Link(
            name="main",
            crm=Crm(code="CRM", folder=tmp_path / "exchange" / "crm"),
            bp=Bp(code="BP", folder=tmp_path / "exchange" / "bp", version="auto"),
            plan="СинхронизацияДанныхЧерезУниверсальныйФормат",
            conflicts="crm",
            settle=60,
            transliterate=False,
            archive=None,
        ),
    )


def test_every_key_is_taken_as_it_is_written(tmp_path: Path) -> None:
    found = settings(
        tmp_path,
        """
        state = "postgresql://exchange@db.example/exchange"
        [[link]]
        name = "Юг"
        plan = "ПланОбмена"
        conflicts = "bp"
        settle = 2.5
        transliterate = true
        archive = '../copies'
        crm = { code = "ДЗ", folder = "/srv/crm", format = "crm", files = "xml", password_env = "A_1" }
        bp.code = "0b5e0dd4-7e15-4b53-8f3c-3f2b7f8e1a11"
        bp.folder = 'bp'
        bp.version = "1.10"
        bp.files = "zip"
        bp.password_env = "_B"
        """,
    )
    assert found.state == "postgresql://exchange@db.example/exchange"
    [link] = found.link
    assert link == Link(
        "Юг",
        Crm("ДЗ", tmp_path / "/srv/crm", files="xml", password_env="A_1"),
        Bp("0b5e0dd4-7e15-4b53-8f3c-3f2b7f8e1a11", tmp_path / "bp", "1.10", "zip", "_B"),
        "ПланОбмена",
        "bp",
        2.5,
        True,
        tmp_path / ".." / "copies",
    )


def test_paths_are_those_of_the_file_and_not_of_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "exchange.toml").write_text(SMALLEST, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    found = load(Path("deep") / "exchange.toml")
    assert found.path == tmp_path / "deep" / "exchange.toml"
    assert found.link[0].bp.folder == tmp_path / "deep" / "exchange" / "bp"
    assert found.state == f"sqlite:///{tmp_path / 'deep' / 'exchange.db'}"


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("sqlite:///state/x.db", "sqlite:///{here}/state/x.db"),
        ("sqlite:///x.db?timeout=5", "sqlite:///{here}/x.db?timeout=5"),
        ("sqlite+pysqlite:///данные.db", "sqlite+pysqlite:///{here}/данные.db"),
        ("postgresql+psycopg://db.example:5432/exchange", None),
        ("mysql://user@db.example/exchange?read_default_file=my.cnf", None),
    ],
)
def test_only_a_relative_file_of_sqlite_is_made_absolute(
    written: str, found: str | None, tmp_path: Path
) -> None:
    wanted = (found or written).replace("{here}/", f"{tmp_path}{os.sep}")
    said = settings(tmp_path, f'state = "{written}"\n{SMALLEST}').state
    assert said.replace("/", os.sep) == wanted.replace("/", os.sep)


def test_an_absolute_file_of_sqlite_stays(tmp_path: Path) -> None:
    state = f"sqlite:///{tmp_path / 'elsewhere' / 'x.db'}"
    (tmp_path / "here").mkdir()
    assert settings(tmp_path / "here", f"state = '{state}'\n{SMALLEST}").state == state


@pytest.mark.parametrize("version", ["auto", *enterprise_data().versions])
def test_every_version_that_the_converter_speaks_is_taken(version: str, tmp_path: Path) -> None:
    found = settings(tmp_path, f'{SMALLEST}version = "{version}"\n')
    assert found.link[0].bp.version == version


@pytest.mark.parametrize("code", ["НФ", "A", "00-1", "a_b", "Офис № 1", "x" * 36, "Ц.Б"])
def test_codes_that_a_file_name_can_hold_are_taken(code: str, tmp_path: Path) -> None:
    assert settings(tmp_path, link(codes=(code, "BP"))).link[0].crm.code == code


def test_what_windows_editors_write_is_taken(tmp_path: Path) -> None:
    plain = settings(tmp_path, SMALLEST)
    assert settings(tmp_path, b"\xef\xbb\xbf" + SMALLEST.encode()) == plain
    assert settings(tmp_path, SMALLEST.replace("\n", "\r\n")) == plain


def test_several_links_keep_their_order(tmp_path: Path) -> None:
    found = settings(tmp_path, link("b", "1", "2") + link("a", "3", "4", more="archive = 'c'\n"))
    assert [each.name for each in found.link] == ["b", "a"]
    assert [each.archive for each in found.link] == [None, tmp_path / "c"]


def test_settings_cannot_be_changed(tmp_path: Path) -> None:
    found = settings(tmp_path, SMALLEST)
    with pytest.raises(AttributeError):
        found.state = "x"  # type: ignore[misc]
    assert hash(found) == hash(msgspec.structs.replace(found))


def test_the_contract_that_is_tested_is_the_contract() -> None:
    spec = ROOT.parent / "shared" / "SPEC.md"
    if not spec.is_file():
        pytest.skip("the contract is not beside the checkout")
    section = spec.read_text(encoding="utf-8").partition("## 8. Settings")[2]
    block = re.search(r"```toml\n(.*?)```", section, re.DOTALL)
    assert block is not None
    assert block[1] == CONTRACT


@pytest.mark.parametrize("version", enterprise_data().versions)
def test_a_crm_may_speak_every_version_of_enterprise_data(version: str, tmp_path: Path) -> None:
    lines = (
        f'[link.crm]\nformat = "enterprisedata"\nversion = "{version}"\ninvoice = "СчетПокупателю"'
    )
    crm = settings(tmp_path, SMALLEST.replace("[link.crm]", lines)).link[0].crm
    assert (crm.format, crm.version, crm.invoice) == ("enterprisedata", version, "СчетПокупателю")


def test_a_crm_of_enterprise_data_speaks_1_3_unless_told_otherwise(tmp_path: Path) -> None:
    lines = '[link.crm]\nformat = "enterprisedata"'
    crm = settings(tmp_path, SMALLEST.replace("[link.crm]", lines)).link[0].crm
    assert (crm.version, crm.invoice) == ("1.3", "ЗаказКлиента")


def test_the_version_of_a_crm_is_told_and_not_found_out(tmp_path: Path) -> None:
    lines = '[link.crm]\nformat = "enterprisedata"\nversion = "auto"'
    with pytest.raises(Stopped) as refusal:
        settings(tmp_path, SMALLEST.replace("[link.crm]", lines))
    assert refusal.value.problem.where.field == "link[1].crm.version"

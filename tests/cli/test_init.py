"""``converter init``: settings that load, folders, a sample that converts; nothing overwritten."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner
from lxml import etree

from converter.cli import words
from converter.cli.console import problem_text
from converter.cli.init import command
from converter.formats import CRM, enterprise_data
from converter.formats.schemas import schema_path
from converter.problems import Stopped
from converter.settings import load
from tests.conftest import Done, Run

Init = Callable[..., Done]
SAMPLE = Path("exchange", "sample", "Message_CRM_BP.xml")


@pytest.fixture
def init(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Init:
    """The command in an empty folder, in the language asked for."""
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str, lang: str = "en") -> Done:
        monkeypatch.setattr(words, "LANG", lang)
        done = CliRunner().invoke(command, arguments, prog_name="converter init")
        if isinstance(done.exception, Stopped):  # what the whole program makes of it
            return Done(2, done.stdout, problem_text(done.exception.problem), done.stdout_bytes)
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        return Done(done.exit_code, done.stdout, done.stderr, done.stdout_bytes)

    return call


def files(folder: Path) -> dict[str, bytes | None]:
    """Everything in a folder; folders themselves are None."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


# -- what is there afterwards --------------------------------------------------------------------


def test_everything_for_a_first_exchange_is_made_and_nothing_else(
    init: Init, tmp_path: Path
) -> None:
    assert init().status == 0
    assert sorted(files(tmp_path)) == [
        "exchange",
        "exchange.toml",
        "exchange/bp",
        "exchange/bp/archive",
        "exchange/bp/rejected",
        "exchange/crm",
        "exchange/crm/archive",
        "exchange/crm/rejected",
        "exchange/sample",
        "exchange/sample/Message_CRM_BP.xml",
    ]


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_settings_load_and_name_the_folders_that_were_made(
    lang: str, init: Init, tmp_path: Path
) -> None:
    assert init("обмен с БП", lang=lang).status == 0
    settings = load(tmp_path / "обмен с БП" / "exchange.toml")
    [link] = settings.link
    for folder in (link.crm.folder, link.bp.folder):
        assert folder.is_dir()
        assert sorted(path.name for path in folder.iterdir()) == ["archive", "rejected"]
    assert link.archive is None
    text = settings.path.read_bytes()
    assert b"\r" not in text
    assert ("Папка обмена".encode() in text) == (lang == "ru")


def test_a_folder_several_levels_down_is_made(init: Init, tmp_path: Path) -> None:
    assert init("a/b/c").status == 0
    assert load(tmp_path / "a" / "b" / "c" / "exchange.toml").link


# -- the sample ----------------------------------------------------------------------------------


def test_the_sample_is_a_first_message_of_the_link_in_the_settings(
    init: Init, tmp_path: Path
) -> None:
    init()
    [link] = load(tmp_path / "exchange.toml").link
    message = etree.parse(str(tmp_path / SAMPLE))
    etree.XMLSchema(etree.parse(str(schema_path(CRM, "Message.xsd")))).assertValid(message)
    namespace = "{http://www.1c.ru/SSL/Exchange/Message}"
    said = {
        str(each.tag).removeprefix(namespace): each.text
        for each in message.iterfind(f"{namespace}Header/{namespace}Confirmation/*")
    }
    assert said == {
        "ExchangePlan": link.plan,
        "From": link.crm.code,
        "To": link.bp.code,
        "MessageNo": "1",
        "ReceivedNo": "0",
    }
    assert SAMPLE.name == f"Message_{link.crm.code}_{link.bp.code}.xml"


@pytest.mark.parametrize("version", enterprise_data().versions)
def test_the_sample_converts_without_a_word(
    version: str, init: Init, tmp_path: Path, run: Run
) -> None:
    init()
    result = tmp_path / "out.xml"
    options = ("--to", "bp", "--bp-version", version, "--json", "-o", result)
    done = run("convert", tmp_path / SAMPLE, *options)
    assert done.status == 0
    [report] = json.loads(done.out)["files"]
    assert report["problems"] == []
    assert report["written"] == {"Справочник.Контрагенты": 1, "Документ.СчетНаОплату": 1}
    assert run("validate", result).status == 0


# -- nothing is overwritten ----------------------------------------------------------------------


def test_settings_that_are_there_stay_and_nothing_is_made(init: Init, tmp_path: Path) -> None:
    (tmp_path / "exchange.toml").write_bytes(b"mine")
    done = init()
    assert done.status == 2
    assert done.out == ""
    assert "exchange.toml is there already and stays as it was [SETTINGS_THERE]" in done.err
    assert files(tmp_path) == {"exchange.toml": b"mine"}


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_settings_that_lead_to_another_disk_stay(init: Init, tmp_path: Path) -> None:
    (tmp_path / "exchange.toml").symlink_to(tmp_path / "not-mounted" / "exchange.toml")
    assert init().status == 2
    assert [path.name for path in tmp_path.iterdir()] == ["exchange.toml"]


def test_a_second_run_changes_nothing(init: Init, tmp_path: Path) -> None:
    init()
    before = files(tmp_path)
    assert init().status == 2
    assert files(tmp_path) == before


def test_folders_and_a_sample_that_are_there_stay(init: Init, tmp_path: Path) -> None:
    message = tmp_path / "exchange" / "crm" / "Message_CRM_BP.xml"
    message.parent.mkdir(parents=True)
    message.write_bytes(b"the CRM's")
    (tmp_path / SAMPLE).parent.mkdir()
    (tmp_path / SAMPLE).write_bytes(b"mine")
    assert init().status == 0
    assert message.read_bytes() == b"the CRM's"
    assert (tmp_path / SAMPLE).read_bytes() == b"mine"
    assert load(tmp_path / "exchange.toml").link


def test_a_file_in_place_of_the_folder(init: Init, tmp_path: Path) -> None:
    (tmp_path / "x").write_bytes(b"mine")
    done = init("x")
    assert done.status == 2
    assert "not a folder" in done.err
    assert files(tmp_path) == {"x": b"mine"}


# -- what it says --------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_it_says_what_was_made_and_what_comes_next(lang: str, init: Init) -> None:
    done = init(lang=lang)
    assert done.out == ""
    lines = done.err.splitlines()
    assert 4 <= len(lines) <= 6
    assert all(name in lines[0] for name in ("exchange.toml", "crm", "bp", "sample"))
    for name in ("converter sync", "converter watch", "converter doctor"):
        assert sum(line.endswith(name) for line in lines) == 1
    assert ("папки" in lines[0]) == (lang == "ru")


def test_the_commands_that_it_names_find_the_settings(init: Init) -> None:
    for folder, option in (("there", "-c "), ("over there", '-c "')):
        lines = init(folder).err.splitlines()
        commands = [line for line in lines if "converter " in line]
        assert len(commands) == 3
        for line in commands:
            assert option + str(Path(folder, "exchange.toml")) in line


def test_quiet_says_nothing(init: Init, tmp_path: Path) -> None:
    done = init("-q")
    assert (done.status, done.out, done.err) == (0, "", "")
    assert (tmp_path / "exchange.toml").is_file()


def test_the_report_for_programs_names_what_is_there(init: Init, tmp_path: Path) -> None:
    done = init("--json", "there")
    assert done.err == ""
    report = json.loads(done.out)
    assert sorted(report) == ["folders", "sample", "settings"]
    [link] = load(tmp_path / report["settings"]).link
    assert [tmp_path / name for name in report["folders"]] == [link.crm.folder, link.bp.folder]
    assert (tmp_path / report["sample"]).is_file()


@pytest.mark.parametrize(("lang", "word"), [("en", "Example: "), ("ru", "Пример: ")])
def test_the_help_has_an_example(lang: str, word: str, run: Run) -> None:
    assert f"{word}converter init " in run("init", "--help", "--lang", lang).out


# -- when the disk fails -------------------------------------------------------------------------


def test_a_folder_that_cannot_be_made_ends_with_3(tmp_path: Path, run: Run) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    done = run("init", tmp_path / "file" / "x")
    assert done.status == 3
    assert done.out == ""
    assert str(tmp_path / "file") in done.err
    assert "Traceback" not in done.err
    assert files(tmp_path) == {"file": b"mine"}


@pytest.mark.skipif(os.name == "nt", reason="Windows cannot limit the size of files")
@pytest.mark.parametrize("failing", ["exchange.toml", SAMPLE.as_posix()])
def test_a_full_disk_leaves_no_half_and_the_command_can_be_repeated(
    failing: str, init: Init, tmp_path: Path
) -> None:
    import resource

    if failing == "exchange.toml":  # the sample is there, so that the settings meet the limit
        (tmp_path / SAMPLE).parent.mkdir(parents=True)
        (tmp_path / SAMPLE).write_bytes(b"mine")
    before = {name for name, data in files(tmp_path).items() if data is not None}
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(OSError):
            init()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert {name for name, data in files(tmp_path).items() if data is not None} == before
    assert init().status == 0
    assert load(tmp_path / "exchange.toml").link

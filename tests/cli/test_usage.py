"""Wrong usage ends with exit status 2 and says what would be right; help has examples."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from converter import __version__
from tests.conftest import Run
from tests.state.links import Linked

CRM = "samples/crm-invoices.xml"
BP = "samples/bp-answers-1.20.xml"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ([], "Usage"),
        (["transmogrify"], "transmogrify"),
        (["--nonsense"], "--nonsense"),
        (["convert"], "FILE"),
        (["convert", CRM], "--to"),
        (["convert", CRM, "--to", "ozon"], "bp, crm"),
        (["convert", "nothing-here.xml", "--to", "bp"], "nothing-here.xml"),
        (["convert", "samples", "--to", "bp"], "samples"),
        (["convert", CRM, "--to", "bp", "--bp-version", "1.2"], "1.22"),
        (["convert", CRM, "--to", "bp", "--bp-version", "1.9"], "1.10"),
        (["convert", CRM, "--to", "bp", "--bp-version", "auto"], "--bp-version"),
        (["convert", CRM, "--to", "bp", "--known", CRM], "--known"),
        (["convert", BP, "samples/bp-answers-1.8.xml", "--to", "crm"], "-o"),
        (["convert", BP, "samples/bp-answers-1.8.xml", "--to", "crm", "-o", "no-folder"], "-o"),
        (["convert", BP, BP, "--to", "crm", "-o", "tests"], "names"),
        (["convert", BP, "-", "--to", "crm", "-o", "tests"], "names"),
        (["convert", CRM, "--to", "bp", "--lang", "fr"], "ru, en"),
        (["validate"], "FILE"),
        (["validate", "nothing-here.xml"], "nothing-here.xml"),
        (["validate", CRM, "--bp-version", "2.0"], "--bp-version"),
        (["inspect"], "FILE"),
        (["inspect", CRM, BP], BP),
        (["inspect", "nothing-here.xml"], "nothing-here.xml"),
    ],
    ids=" ".join,
)
def test_wrong_usage_ends_with_2_and_names_what_is_wrong(
    arguments: list[str], named: str, run: Run
) -> None:
    done = run(*arguments)
    assert done.status == 2
    assert done.out == ""
    assert named in done.err
    assert "Traceback" not in done.err


@pytest.mark.parametrize("command", ["convert", "validate", "inspect"])
@pytest.mark.parametrize(("lang", "word"), [("en", "Example: "), ("ru", "Пример: ")])
def test_every_command_has_help_with_an_example(
    command: str, lang: str, word: str, run: Run
) -> None:
    done = run(command, "--help", "--lang", lang)
    assert done.status == 0
    assert f"{word}converter {command} " in done.out


def test_the_program_lists_its_commands_and_exit_statuses(run: Run) -> None:
    done = run("--help")
    assert done.status == 0
    for word in ("convert", "validate", "inspect", "Example: ", "Exit status"):
        assert word in done.out


def test_the_version_is_told(run: Run) -> None:
    assert __version__ in run("--version").out


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--lang", "ru"], "не названа команда"),
        (["status", "--lang=ru", "--link"], "после --link нужно значение"),
        (["status", "--json=3", "--lang", "ru"], "у --json значения не бывает"),
        (["status", "b", "c", "--lang", "ru"], "лишнее: b c"),
        (["convert", "--lang", "ru"], "не хватает: ФАЙЛ…"),
        (["convert", "samples", "--to", "bp", "--lang", "ru"], "«samples» — папка, а нужен файл"),
        (["convert", "no.xml", "--to", "bp", "--lang", "ru"], "файла «no.xml» нет"),
        (["report", "-o", "samples", "--lang", "ru"], "«samples» — папка, а нужен файл"),
        (["convert", CRM, "--to", "bp", "--bp-version", "2", "--lang", "ru"], "--bp-version: есть"),
        (["init", f"{CRM}/x", "--lang", "ru"], "это не папка"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else "",
)
def test_a_wrong_call_is_told_in_the_language_of_the_run(
    arguments: list[str], words: str, run: Run
) -> None:
    done = run(*arguments)
    assert done.status in (2, 3)
    assert words in done.err
    for english in ("Invalid", "argument", "requires", "Missing", "File", "directory"):
        assert english not in done.err


@pytest.mark.parametrize(
    ("arguments", "id"),
    [
        (["status", "--nonsense"], "USAGE"),
        (["inspect"], "USAGE"),
        (["convert", CRM, "--to", "bp"], "USAGE"),
        (["inspect", "nothing-here.xml"], "USAGE"),
        (["transmogrify"], "USAGE"),
        (["problem", "NOSUCH"], "PROBLEM_UNKNOWN"),
        (["doctor", "--sent", "5"], "USAGE"),
        (["status", "-c", "nothing-here.toml"], "SETTINGS_MISSING"),
        (["convert", CRM, "--to", "bp", "-o", "nowhere/b.xml"], "SYSTEM_FAILED"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else each,
)
def test_programs_are_told_what_is_wrong_with_a_call(
    arguments: list[str], id: str, run: Run
) -> None:
    done = run(*arguments, "--json")
    error = json.loads(done.out)["error"]
    assert (error["id"], done.err) == (id, "")
    assert done.status == (3 if id == "SYSTEM_FAILED" else 2)
    assert error["what"] and error["cure"]


@pytest.mark.parametrize(
    ("arguments", "id"),
    [
        (["retry", "x"], "KEY_UNKNOWN"),
        (["link", "a", "b"], "OPERATION_UNKNOWN"),
        (["unlink", "a"], "OPERATION_UNKNOWN"),
        (["journal", "--diff", "нет"], "DIFF_UNKNOWN"),
        (["status", "--link", "нет"], "LINK_UNKNOWN"),
    ],
    ids=lambda each: " ".join(each) if isinstance(each, list) else each,
)
def test_programs_are_told_what_an_exchange_does_not_know(
    arguments: list[str], id: str, tmp_path: Path, run: Run
) -> None:
    config = Linked(tmp_path).config
    done = run(*arguments, "--json", "-c", config)
    error = json.loads(done.out)["error"]
    assert (done.status, done.err) == (2, "")
    assert (error["id"], error["severity"]) == (id, "usage")
    assert f"[{id}]" in run(*arguments, "-c", config).err


def test_nothing_asked_is_answered_with_the_help_alone(run: Run) -> None:
    done = run()
    assert (done.status, done.err.startswith("Usage: converter")) == (2, True)


def test_two_files_of_one_name_would_overwrite_each_other(
    samples: Path, tmp_path: Path, run: Run
) -> None:
    results, other = tmp_path / "results", tmp_path / "other"
    results.mkdir()
    other.mkdir()
    copy = other / "BP-ANSWERS-1.20.xml"
    copy.write_bytes((samples / "bp-answers-1.20.xml").read_bytes())
    done = run("convert", samples / "bp-answers-1.20.xml", copy, "--to", "crm", "-o", results)
    assert done.status == 2
    assert list(results.iterdir()) == []


@pytest.mark.parametrize(
    ("lang", "value", "words"),
    [
        ("en", "0", "--interval takes a number from 0.1 to 3600"),
        ("en", "soon", "--interval takes a number from 0.1 to 3600"),
        ("ru", "nan", "для --interval нужно число от 0.1 до 3600"),
    ],
)
def test_a_number_out_of_its_range(lang: str, value: str, words: str, run: Run) -> None:
    done = run("watch", "--interval", value, "--lang", lang)
    assert (done.status, words in done.err) == (2, True)


@pytest.mark.parametrize("command", ["watch", "journal", "doctor", "sync"])
def test_no_help_shows_a_range_as_a_formula(command: str, run: Run) -> None:
    for lang in ("ru", "en"):
        said = run(command, "--help", "--lang", lang).out
        assert "x<" not in said and "x>" not in said

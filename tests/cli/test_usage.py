"""Wrong usage ends with exit status 2 and says what would be right; help has examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter import __version__
from tests.conftest import Run

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
        (["convert", CRM, "--to", "bp", "--json"], "-o"),
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

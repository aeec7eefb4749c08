"""The examples for schedulers say what docs/running.md says, and call commands that exist."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
from configparser import ConfigParser
from pathlib import Path

import pytest
from lxml import etree

from converter.cli import _COMMANDS
from tests.conftest import ROOT, Run

EXAMPLES = ROOT / "examples"
RUNNING = [ROOT / "docs" / name for name in ("running.md", "running.ru.md")]


def unit(name: str) -> ConfigParser:
    """A unit of systemd; of keys that stand twice the last counts."""
    parser = ConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string((EXAMPLES / name).read_text(encoding="utf-8"))
    return parser


def called(line: str) -> list[str]:
    """What a command line says after the program."""
    return re.split(r"converter(?:\.exe)?\"? ", line, maxsplit=1)[1].split()


@pytest.mark.parametrize(
    ("name", "command"), [("converter.service", "watch"), ("converter-sync.service", "sync")]
)
def test_units_call_the_command(name: str, command: str, run: Run) -> None:
    service = unit(name)["Service"]
    arguments = called(service["ExecStart"])
    assert command in arguments
    assert run(*arguments, "--help").status == 0
    written = shlex.split(service["ReadWritePaths"])
    assert any(arguments[-1].startswith(f"{path}/") for path in written)


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
@pytest.mark.parametrize("name", ["converter.service", "converter-sync.service"])
def test_systemd_finds_little_that_a_unit_could_harm(name: str) -> None:
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold=25"]
    done = subprocess.run([*command, str(EXAMPLES / name)], capture_output=True, check=False)
    if b"unrecognized option" in done.stderr:
        pytest.skip("this systemd cannot judge a file")
    assert done.returncode == 0, done.stdout.decode()[-300:]


def test_the_timer_has_its_service() -> None:
    assert unit("converter-sync.timer")["Timer"]["OnUnitInactiveSec"]
    assert (EXAMPLES / "converter-sync.service").is_file()


def test_the_task_is_plain_xml_and_calls_sync(run: Run) -> None:
    data = (EXAMPLES / "converter-task.xml").read_bytes()
    data.decode("ascii")  # schtasks guesses the encoding
    task = etree.fromstring(data)
    line = task.findtext(".//{*}Exec/{*}Arguments") or ""
    arguments = called(line.partition(" >> ")[0])
    assert "sync" in arguments
    assert run(*arguments, "--help").status == 0
    assert task.findtext(".//{*}LogonType") == "Password"
    assert task.findtext(".//{*}MultipleInstancesPolicy") == "IgnoreNew"


def test_the_service_of_windows_is_plain_xml_and_calls_watch(run: Run) -> None:
    service = etree.fromstring((EXAMPLES / "converter-winsw.xml").read_bytes())
    arguments = (service.findtext("arguments") or "").split()
    assert "watch" in arguments
    assert run(*arguments, "--help").status == 0
    assert service.findtext("executable", "").endswith("converter.exe")
    for name in ("id", "name", "workingdirectory", "stoptimeout", "serviceaccount/prompt"):
        assert service.findtext(name), name


@pytest.mark.parametrize("page", RUNNING, ids=lambda page: page.name)
def test_the_page_names_the_examples_and_commands_that_exist(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    for path in EXAMPLES.iterdir():
        assert f"../examples/{path.name}" in text
    assert set(re.findall(r"`converter (?:--lang ru )?(\w+)", text)) <= set(_COMMANDS)


@pytest.mark.parametrize("suffix", [".md", ".ru.md"])
def test_services_and_tasks_call_the_program_where_installing_puts_it(suffix: str) -> None:
    install = (ROOT / "docs" / f"install{suffix}").read_text(encoding="utf-8")
    running = (ROOT / "docs" / f"running{suffix}").read_text(encoding="utf-8")
    texts = [running, *(path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*.*ml"))]
    texts += [path.read_text(encoding="utf-8") for path in EXAMPLES.glob("*.service")]

    def named(pattern: str) -> list[str]:
        return [found for text in texts for found in re.findall(pattern, text)]

    [windows] = re.findall(r"^py -m venv (.+)$", install, re.MULTILINE)
    programs = named(r'[A-Z]:\\[^" <]*converter\.exe')
    assert len(programs) >= 4  # the task twice, either wrapper
    assert set(programs) == {rf"{windows}\Scripts\converter.exe"}
    [exchange] = re.findall(r"converter init (\S+)$", install.partition("## Windows")[2], re.M)
    assert set(named(r'[A-Z]:\\[^" <]*\.toml')) == {rf"{exchange}\exchange.toml"}

    [linux] = re.findall(r"^python3 -m venv (.+)$", install, re.MULTILINE)
    programs = named(r"/\S*/bin/converter\b")
    assert len(programs) >= 3  # both units, cron
    assert set(programs) == {f"{linux}/bin/converter"}

"""``converter completion``: the scripts, and what a shell then completes."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import Run, environment
from tests.state.links import Linked

COMMANDS = ("sync", "status", "invoices", "journal", "retry", "convert", "completion")
PROGRAM = Path(sys.executable).parent / "converter"


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_each_shell_has_its_script(run: Run, shell: str) -> None:
    done = run("completion", shell)
    assert (done.status, done.err) == (0, "")
    assert f"{shell}_complete" in done.out
    assert "_CONVERTER_COMPLETE" in done.out


def test_another_shell_is_wrong_usage(run: Run) -> None:
    done = run("completion", "tcsh")
    assert (done.status, done.out) == (2, "")
    assert "bash, zsh, fish, powershell" in done.err


@pytest.mark.skipif(shutil.which("zsh") is None, reason="no zsh here")
def test_the_script_of_zsh_is_one(run: Run) -> None:
    script = run("completion", "zsh").out
    assert subprocess.run(["zsh", "-n"], input=script.encode(), check=False).returncode == 0


def completed(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last of these words, after it has read the script."""
    if shutil.which("bash") is None or not PROGRAM.exists():
        pytest.skip("needs bash and an installed converter")
    script = (
        'eval "$(converter completion bash)"\n'
        'COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); COMPREPLY=()\n'
        "compopt() { :; }\n"
        "_converter_completion converter\n"
        'printf "%s\\n" "${COMPREPLY[@]}"\n'
    )
    path = f"{PROGRAM.parent}:/usr/local/bin:/usr/bin:/bin"
    done = subprocess.run(
        ["bash", "--norc", "-c", script, "bash", "converter", *words],
        capture_output=True,
        cwd=folder,
        env={**environment(), "PATH": path},
        check=True,
        timeout=60,
    )
    assert done.stderr == b""
    return done.stdout.decode().split()


def test_bash_completes_commands(tmp_path: Path) -> None:
    assert set(COMMANDS) <= set(completed(tmp_path, ""))
    assert completed(tmp_path, "inv") == ["invoices"]


def test_bash_completes_options_and_their_values(tmp_path: Path) -> None:
    assert completed(tmp_path, "invoices", "--un") == ["--unpaid", "--unshipped"]
    assert completed(tmp_path, "invoices", "--by", "") == ["client", "interest"]
    assert completed(tmp_path, "completion", "f") == ["fish"]


def test_the_shell_completes_the_file_of_the_settings(run: Run) -> None:
    code = (
        "import os\n"
        "os.environ.update(COMP_WORDS='converter status -c ex', COMP_CWORD='3',"
        " _CONVERTER_COMPLETE='bash_complete')\n"
        "from converter.cli import main\n"
        "main()\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment(), check=False
    )
    assert done.stdout.decode().strip() == "file,ex"  # the shell looks for files itself


def test_bash_completes_the_links_of_the_settings(tmp_path: Path) -> None:
    assert completed(tmp_path, "status", "--link", "") == []
    linked = Linked(tmp_path)
    assert completed(tmp_path, "status", "--link", "m") == ["main"]
    assert completed(tmp_path / "exchange", "status", "-c", str(linked.config), "--link", "") == [
        "main"
    ]


def test_completing_the_name_of_a_command_does_not_load_the_commands(run: Run) -> None:
    code = (
        "import os, sys\n"
        "os.environ.update(COMP_WORDS='converter ', COMP_CWORD='1',"
        " _CONVERTER_COMPLETE='bash_complete')\n"
        "from converter.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "heavy = {'sqlalchemy', 'lxml', 'converter.cli.status'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, env=environment(), check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")
    assert "plain,status" in done.stdout.decode()

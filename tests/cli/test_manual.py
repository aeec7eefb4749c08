"""Manual pages and completion files: fresh, in both languages, and as their readers want them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from converter import __version__
from converter.cli import _COMMANDS
from tests.conftest import ROOT, environment

SHARE = ROOT / "share"
PAGES = sorted(SHARE.glob("man/**/*.1"))


def made(folder: Path) -> dict[str, str]:
    """Every file of share/ as it is written now."""
    for lang in ("en", "ru"):
        command = [sys.executable, "-m", "converter.cli.share", "--lang", lang, str(folder)]
        subprocess.run(command, cwd=ROOT, env=environment(), check=True)
    return texts(folder)


def texts(folder: Path) -> dict[str, str]:
    """The files below a folder, by their paths."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text("utf-8") for path in files}


def test_what_is_committed_is_what_the_commands_say(tmp_path: Path) -> None:
    assert made(tmp_path) == texts(SHARE), "run: make docs"


def test_every_command_has_a_page_in_both_languages() -> None:
    names = {"converter.1", *(f"converter-{name}.1" for name in _COMMANDS)}
    for folder in ("man/man1", "man/ru/man1"):
        assert {path.name for path in (SHARE / folder).iterdir()} == names


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(SHARE).as_posix())
def test_a_page_has_its_sections_and_no_request_by_accident(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    english = page.parent.parent.name == "man"
    wanted = ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "SEE ALSO"]
    if not english:
        wanted = ["ИМЯ", "ВЫЗОВ", "ОПИСАНИЕ", "ПАРАМЕТРЫ", "СМ. ТАКЖЕ"]
    sections = re.findall(r"^\.SH (.+)$", text, re.MULTILINE)
    assert [each for each in sections if each in wanted] == wanted
    assert f'"converter {__version__}"' in text.splitlines()[0]
    assert r"\-\-help" in text
    requests = set(re.findall(r"^\.(\w+)", text, re.MULTILINE))
    assert requests <= {"TH", "SH", "TP", "PP", "B", "BR", "EX", "EE"}
    assert not re.search(r"[\x00-\x08\x0b-\x1f]", text)
    if not english:
        assert len(re.findall("[а-яё]", text)) > 100


@pytest.mark.skipif(shutil.which("groff") is None, reason="no groff here")
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(SHARE).as_posix())
def test_groff_has_nothing_to_say_of_it(page: Path) -> None:
    command = ["groff", "-K", "utf8", "-man", "-T", "utf8", "-ww", str(page)]
    done = subprocess.run(command, capture_output=True, check=True, timeout=60)
    assert done.stderr == b""
    assert "converter" in re.sub("\x1b\\[[0-9;]*m|.\x08", "", done.stdout.decode())


@pytest.mark.parametrize(
    ("shell", "path"),
    [
        ("bash", "bash-completion/completions/converter"),
        ("zsh", "zsh/site-functions/_converter"),
        ("fish", "fish/vendor_completions.d/converter.fish"),
    ],
)
def test_a_shell_can_read_its_file(shell: str, path: str) -> None:
    if shutil.which(shell) is None:
        pytest.skip(f"no {shell} here")
    done = subprocess.run([shell, "-n", str(SHARE / path)], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (0, b"")


def test_zsh_finds_its_file_by_its_first_line() -> None:
    text = (SHARE / "zsh" / "site-functions" / "_converter").read_text("utf-8")
    assert text.startswith("#compdef converter\n")

"""What the documents show: their blocks, their commands, and how these are run."""

from __future__ import annotations

import os
import re
import shlex
import shutil
from pathlib import Path
from typing import NamedTuple

from tests.command import command
from tests.conftest import ROOT

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_CHANGE = re.compile(r"# (\S+/exchange\.toml)\n(\w+) = (.*)\n")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")


class Shown(NamedTuple):
    """How a command ended, and what it said."""

    returncode: int
    stdout: str


def blocks(document: str, language: str) -> list[str]:
    """The fenced blocks of a document in one language."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [body for name, body in _BLOCK.findall(text) if name == language]


def steps(document: str) -> list[tuple[str, str]]:
    """The commands shown, each with the output under it; a changed setting is a ``set`` command."""
    text = (ROOT / document).read_text(encoding="utf-8")
    found = []
    for name, block in _BLOCK.findall(text):
        if name == "toml" and (change := _CHANGE.fullmatch(block)):
            found.append((shlex.join(["set", *change.groups()]), ""))
        if name == "console":
            for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = step.partition("\n")
                found.append((command, output))
    return found


def shape(document: str) -> list[str]:
    """Levels of headings and numbers of table columns, in their order."""
    text = (ROOT / document).read_text(encoding="utf-8")
    plain = _BLOCK.sub("", text).replace("\\|", "")
    lines = re.findall(r"^(?:#+ |\|).*", plain, re.MULTILINE)
    return [line.split()[0] if line.startswith("#") else str(line.count("|")) for line in lines]


def run(arguments: list[str], folder: Path, lang: str) -> Shown:
    """The command line in a folder; what it says on both streams comes out together."""
    environment = {**os.environ, "LC_ALL": "ru_RU.UTF-8" if lang == "ru" else "C.UTF-8"}
    done = command(arguments, folder, environment, together=True)
    return Shown(done.returncode, done.stdout.decode())


def play(document: str, folder: Path, lang: str) -> None:
    """Run the commands of a document in a folder, one after the other, as a reader would."""
    for line, output in steps(document):
        name, *arguments = shlex.split(line)
        if name == "cp":
            source, target = arguments
            shutil.copyfile(folder / source, folder / target)
        elif name == "pipx":
            continue  # tests/install/test_wheel.py does what it does
        elif name == "set":
            change_setting(folder, *arguments)
        else:
            assert name == "converter", line
            assert at_any_time(run(arguments, folder, lang).stdout) == at_any_time(output), line


def change_setting(folder: Path, file: str, key: str, value: str) -> None:
    """Take the mark of a comment off a key and give it a value, as a person would."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    changed, count = re.subn(f"(?m)^# {key} = .*$", f"{key} = {value}", text)
    assert count == 1
    path.write_text(changed, encoding="utf-8")


def at_any_time(text: str) -> str:
    """What a command says, with every moment of the exchange the same."""
    return _MOMENT.sub("0000-00-00 00:00:00", text)

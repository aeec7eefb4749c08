"""What the documents show is what the program does, and their links lead somewhere."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree

from converter.formats import CRM
from converter.formats.notation import Group

ROOT = Path(__file__).parents[2]
READMES = {"README.md": "en", "README.ru.md": "ru"}
DOCUMENTS = [*READMES, *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md")))]
MESSAGE_SCHEMA = ROOT / "schemas" / "crm-1.0" / "Message.xsd"

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_EXCERPT = re.compile(r"<!-- (\S+) -->\n")


def blocks(document: str, language: str) -> list[str]:
    """The fenced blocks of a document in one language."""
    text = (ROOT / document).read_text(encoding="utf-8")
    return [body for name, body in _BLOCK.findall(text) if name == language]


def steps(document: str) -> list[tuple[str, str]]:
    """The commands shown, each with the output shown under it."""
    found = []
    for block in blocks(document, "console"):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = step.partition("\n")
            found.append((command, output))
    return found


def messages(document: str) -> list[str]:
    """The whole messages shown."""
    return [block for block in blocks(document, "xml") if block.startswith("<?xml")]


def run(arguments: list[str], folder: Path, lang: str) -> subprocess.CompletedProcess[str]:
    """The command line in a folder; what it says on both streams comes out together."""
    return subprocess.run(
        [sys.executable, "-m", "converter", *arguments],
        cwd=folder,
        env={**os.environ, "LC_ALL": "ru_RU.UTF-8" if lang == "ru" else "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a copy of the samples and nothing else."""
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    return tmp_path


@pytest.mark.parametrize(("document", "lang"), READMES.items())
def test_the_commands_print_what_is_shown(document: str, lang: str, folder: Path) -> None:
    shown = steps(document)
    assert len(shown) >= 4
    for command, output in shown:
        name, *arguments = shlex.split(command)
        assert name == "converter"
        assert run(arguments, folder, lang).stdout == output, command
    for block in blocks(document, "xml"):
        excerpt = _EXCERPT.match(block)
        if excerpt is not None:
            whole = (folder / excerpt[1]).read_text(encoding="utf-8-sig")
            assert missing(block[excerpt.end() :], whole) == []


def missing(excerpt: str, whole: str) -> list[str]:
    """The pieces of an excerpt that do not come one after the other in the whole file."""
    rest = "\n".join(line.strip() for line in whole.splitlines())
    gone = []
    for piece in excerpt.split("…\n"):
        wanted = "\n".join(line.strip() for line in piece.splitlines())
        before, found, after = rest.partition(wanted)
        rest = after if found else before
        if not found:
            gone.append(wanted)
    return gone


@pytest.mark.parametrize(("document", "lang"), READMES.items())
def test_the_report_for_programs_is_as_shown(document: str, lang: str, folder: Path) -> None:
    [shown] = (json.loads(block) for block in blocks(document, "json"))
    [file] = shown["files"]
    arguments = ["convert", file["file"], "--to", "bp", "--bp-version", "1.8"]
    done = run([*arguments, "-o", file["output"], "--json"], folder, lang)
    assert done.returncode == 1
    assert worded(json.loads(done.stdout)) == worded(shown)


def worded(report: dict[str, Any]) -> dict[str, Any]:
    """A report whose sentences only have to be there: they may be put better one day."""
    for file in report["files"]:
        for problem in file["problems"]:
            problem["what"] = problem["cure"] = bool(problem["what"] and problem["cure"])
    return report


@pytest.mark.parametrize("document", [*READMES, "docs/crm-format.md"])
def test_the_messages_shown_convert_without_a_word(document: str, folder: Path) -> None:
    shown = messages(document)
    assert shown
    for text in shown:
        (folder / "message.xml").write_text(text, encoding="utf-8")
        schema = etree.XMLSchema(etree.parse(str(MESSAGE_SCHEMA)))
        schema.assertValid(etree.fromstring(text.encode()))
        done = run(
            ["convert", "message.xml", "--to", "bp", "-o", "out.xml", "--json"], folder, "en"
        )
        [report] = json.loads(done.stdout)["files"]
        assert report["problems"] == []
        assert report["written"]["Документ.СчетНаОплату"] == 1
        assert run(["validate", "out.xml", "-q"], folder, "en").returncode == 0


def test_both_readmes_show_the_same_steps() -> None:
    english, russian = (
        [command.split()[:3] for command, _ in steps(document)] for document in READMES
    )
    assert english == russian
    assert messages("README.md") == messages("README.ru.md")


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files(document: str) -> None:
    here = (ROOT / document).parent
    links = _LINK.findall((ROOT / document).read_text(encoding="utf-8"))
    paths = [unquote(link.partition("#")[0]) for link in links if "://" not in link]
    assert [path for path in paths if path and not (here / path).exists()] == []


def test_every_field_of_the_crm_format_is_explained() -> None:
    text = (ROOT / "docs" / "crm-format.md").read_text(encoding="utf-8")
    groups = [kind for kind in CRM.view.types.values() if isinstance(kind, Group)]
    words = {word for kind in CRM.view.types.values() for word in getattr(kind, "words", ())}
    names = {field.name for group in groups for field in group.fields}
    assert [name for name in sorted(names | words) if f"`{name}`" not in text] == []

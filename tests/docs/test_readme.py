"""What the documents show is what the program does, and their links lead somewhere."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from lxml import etree

from converter.cli import _COMMANDS
from converter.formats import CRM
from converter.formats.notation import Group
from tests.conftest import ROOT
from tests.docs.shown import blocks, play, run, steps

READMES = {"README.md": "en", "README.ru.md": "ru"}
DOCUMENTS = [
    *READMES,
    "samples/README.md",
    *(f"docs/{path.name}" for path in sorted((ROOT / "docs").glob("*.md"))),
]
MESSAGE_SCHEMA = ROOT / "schemas" / "crm-1.0" / "Message.xsd"

_LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
_EXCERPT = re.compile(r"<!-- (\S+) -->\n")


def messages(document: str) -> list[str]:
    """The whole messages shown."""
    return [block for block in blocks(document, "xml") if block.startswith("<?xml")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a copy of the samples and nothing else."""
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    return tmp_path


@pytest.mark.parametrize(("document", "lang"), READMES.items())
def test_the_commands_print_what_is_shown(document: str, lang: str, folder: Path) -> None:
    shown = steps(document)
    assert {command.split()[0] for command, _ in shown} == {"converter", "cp", "set", "pipx"}
    play(document, folder, lang)
    excerpts = 0
    for block in blocks(document, "xml"):
        excerpt = _EXCERPT.match(block)
        if excerpt is not None:
            whole = (folder / excerpt[1]).read_text(encoding="utf-8-sig")
            assert missing(block[excerpt.end() :], whole) == []
            excerpts += 1
    assert excerpts >= 2


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


@pytest.mark.parametrize("document", READMES)
def test_the_messages_shown_convert_without_a_word(document: str, folder: Path) -> None:
    shown = messages(document)
    assert shown
    explained = (folder / "samples" / "crm-explained.xml").read_text(encoding="utf-8")
    for text in (*shown, explained):
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


@pytest.mark.parametrize("document", ["docs/crm-message.md", "docs/crm-message.ru.md"])
def test_the_explained_message_is_the_sample_piece_by_piece(document: str) -> None:
    pieces = "".join(blocks(document, "xml"))
    sample = (ROOT / "samples" / "crm-explained.xml").read_text(encoding="utf-8")
    assert [line for line in pieces.splitlines() if line] == [
        line for line in sample.splitlines() if line
    ]


def test_both_readmes_show_the_same_steps() -> None:
    english, russian = (
        [command.split()[:3] for command, _ in steps(document)] for document in READMES
    )
    assert english == russian
    assert messages("README.md") == messages("README.ru.md")


@pytest.mark.parametrize("document", READMES)
def test_every_command_is_in_the_table(document: str) -> None:
    text = (ROOT / document).read_text(encoding="utf-8")
    assert re.findall(r"^\| `converter (\w+)", text, re.MULTILINE) == [
        *(
            name
            for name in _COMMANDS
            if name not in ("convert", "validate", "inspect", "completion")
        ),
        "convert",
        "validate",
        "inspect",
        "completion",
    ]


def test_every_option_shown_is_there() -> None:
    """What the documents name with two dashes beside a command, its help names too."""
    for document in (*READMES, "docs/running.md", "docs/recovery.md"):
        text = (ROOT / document).read_text(encoding="utf-8")
        for name, rest in re.findall(r"converter (\w+)([^`\n]*)", text):
            if name in _COMMANDS:
                says = help_of(name)
                for option in re.findall(r"(?<!\S)--[a-z-]+", rest):
                    assert option in says, (document, name, option)


@cache
def help_of(name: str) -> str:
    """What a command's help says."""
    return run([name, "--help"], ROOT, "en").stdout


@pytest.mark.parametrize("document", DOCUMENTS)
def test_links_lead_to_files(document: str) -> None:
    here = (ROOT / document).parent
    links = _LINK.findall((ROOT / document).read_text(encoding="utf-8"))
    assert [link for link in links if not leads_somewhere(here, document, link)] == []


def leads_somewhere(here: Path, document: str, link: str) -> bool:
    """Whether a relative link names a file, and a heading of it where it names one."""
    if "://" in link:
        return True
    path, _, heading = unquote(link).partition("#")
    target = here / path if path else ROOT / document
    return target.exists() and (not heading or heading in headings(target))


def headings(path: Path) -> set[str]:
    """The anchors that a Markdown page has."""
    lines = re.findall(r"^#+ (.*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", line.lower()).replace(" ", "-") for line in lines}


@pytest.mark.parametrize("page", ["crm-format.md", "crm-format.ru.md"])
def test_every_field_of_the_crm_format_is_explained(page: str) -> None:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    groups = [kind for kind in CRM.view.types.values() if isinstance(kind, Group)]
    words = {word for kind in CRM.view.types.values() for word in getattr(kind, "words", ())}
    names = {field.name for group in groups for field in group.fields}
    assert [name for name in sorted(names | words) if f"`{name}`" not in text] == []

"""Every command line of every document is run, or says visibly why it is not."""

from __future__ import annotations

import re
import shlex
import shutil
from collections import Counter
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from converter.cli import _COMMANDS
from tests.conftest import ROOT
from tests.docs.shown import play, run, steps

DOCUMENTS = sorted(
    path.relative_to(ROOT).as_posix()
    for path in (
        *ROOT.glob("*.md"),
        *(ROOT / "docs").glob("*.md"),
        ROOT / "samples" / "README.md",
    )
)

#: languages of blocks that hold commands; those of console are run
SHELLS = {"sh", "bash", "bat", "cmd", "powershell", "shell"}
#: why a block is not run, and how many blocks of all documents may say so
REASONS = {
    "installs from the network": 4,
    "needs a container engine": 4,
    "Windows": 10,
    "needs systemd or cron": 6,
    "waits for a base": 4,
    "takes minutes": 1,
    "other tests do": 4,
}
MARK = re.compile(r"<!-- not run: (.+?) -->\n\n$")
FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
#: a line of a block without a language that looks like a command all the same
COMMAND = re.compile(
    r"^(\$ |#? ?(sudo|pip|pipx|uv|python3?|py|make|docker|podman|systemctl|schtasks|nssm|cp|mkdir)"
    r" |converter (?!is|and|between)\w+ )",
    re.MULTILINE,
)
CALL = re.compile(r"\bconverter(?:\.exe)?\"? (?!converter )((?:--lang \w+ )?\w[\w-]*)(.*)")


class Block(NamedTuple):
    """A fenced block, and the reason why it is not run, if one stands above it."""

    document: str
    language: str
    body: str
    reason: str | None


@cache
def blocks() -> list[Block]:
    """All fenced blocks of all documents."""
    found = []
    for document in DOCUMENTS:
        text = (ROOT / document).read_text(encoding="utf-8")
        for fence in FENCE.finditer(text):
            mark = MARK.search(text[: fence.start()])
            reason = mark[1] if mark else None
            found.append(Block(document, fence[1], fence[2], reason))
    return found


@pytest.mark.parametrize("document", [each for each in DOCUMENTS if steps(each)])
def test_what_a_document_shows_is_what_happens(document: str, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "samples", tmp_path / "samples")
    play(document, tmp_path, "ru" if document.endswith(".ru.md") else "en")


def test_a_block_of_commands_is_run_or_says_why_not() -> None:
    unsaid = [each for each in blocks() if each.language in SHELLS and each.reason is None]
    assert unsaid == []
    idle = [each for each in blocks() if each.language not in SHELLS and each.reason is not None]
    assert idle == []


def test_the_reasons_are_few_and_known() -> None:
    counted = Counter(each.reason for each in blocks() if each.reason is not None)
    assert set(counted) <= set(REASONS)
    assert {name: count for name, count in counted.items() if count > REASONS[name]} == {}


def test_no_commands_hide_in_a_block_of_another_kind() -> None:
    hidden = [
        (each.document, found[0].strip())
        for each in blocks()
        if each.language in ("", "text") and (found := COMMAND.search(each.body))
    ]
    assert hidden == []


def test_what_is_not_run_calls_commands_and_options_that_exist() -> None:
    calls = [
        (each.document, call[1].split()[-1], call[2])
        for each in blocks()
        if each.language in SHELLS
        for call in CALL.finditer(each.body)
    ]
    assert len(calls) > 10
    for document, name, rest in calls:
        assert name in _COMMANDS, (document, name)
        assert unknown(name, rest) == [], document


def test_what_stands_in_the_text_calls_commands_and_options_that_exist() -> None:
    for document in DOCUMENTS:
        text = FENCE.sub("", (ROOT / document).read_text(encoding="utf-8"))
        for code in re.findall(r"`([^`\n]+)`", text):
            call = CALL.match(code)
            if call and call[1] in _COMMANDS:
                assert unknown(call[1], call[2]) == [], (document, code)


def unknown(name: str, rest: str) -> list[str]:
    """Options behind a command that its help does not name."""
    try:
        words = shlex.split(rest.replace("\\", "/"))
    except ValueError:  # a quote that closes behind the command
        words = rest.split()
    return [
        word for word in words if word.startswith("--") and word.rstrip("]…") not in help_of(name)
    ]


@cache
def help_of(name: str) -> str:
    """What a command's help says."""
    return run([name, "--help"], ROOT, "en").stdout


def test_both_languages_of_a_document_show_the_same_commands() -> None:
    for document in DOCUMENTS:
        russian = document.replace(".md", ".ru.md")
        if russian in DOCUMENTS:
            shown = [
                [command.split()[:3] for command, _ in steps(each)] for each in (document, russian)
            ]
            assert shown[0] == shown[1], document
            unrun = [
                [each.reason for each in blocks() if each.document == one]
                for one in (document, russian)
            ]
            assert unrun[0] == unrun[1], document

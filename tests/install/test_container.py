"""The Dockerfile and what belongs to it: no engine is needed to see that they fit the tree."""

from __future__ import annotations

import json
import re
import shlex
from fnmatch import fnmatch
from pathlib import PurePosixPath
from typing import NamedTuple

from converter.cli import _COMMANDS
from tests.conftest import ROOT, Run


class Instruction(NamedTuple):
    """One instruction of a Dockerfile, its lines joined."""

    name: str
    rest: str


def stages() -> list[list[Instruction]]:
    """The instructions of each stage; what stands before the first FROM is not in any."""
    text = re.sub(r"^#.*\n", "", (ROOT / "Dockerfile").read_text("utf-8"), flags=re.MULTILINE)
    lines = re.sub(r"\\\n\s*", "", text).splitlines()
    found: list[list[Instruction]] = []
    for line in filter(None, lines):
        name, _, rest = line.partition(" ")
        if name == "FROM":
            found.append([])
        if found:
            found[-1].append(Instruction(name, rest))
    return found


def of(stage: list[Instruction], name: str) -> list[str]:
    """What stands behind each instruction of a name."""
    return [each.rest for each in stage if each.name == name]


def test_the_last_stage_takes_only_the_installed_program() -> None:
    build, final = stages()
    assert of(build, "FROM") == ["${BASE} AS build"]
    assert of(final, "COPY") == ["--from=build /opt/converter /opt/converter"]
    assert all("pip" not in each for each in of(final, "RUN"))


def test_it_runs_under_an_account_without_rights() -> None:
    final = stages()[-1]
    [user] = of(final, "USER")
    uid, gid = map(int, user.split(":"))
    assert min(uid, gid) >= 1000
    [making] = of(final, "RUN")
    assert f"--uid {uid}" in making and f"--gid {gid}" in making
    names = [each.name for each in final]
    assert names.index("RUN") < names.index("USER") < names.index("ENTRYPOINT")


def test_what_lasts_is_in_the_volume(run: Run) -> None:
    final = stages()[-1]
    [[volume]] = map(json.loads, of(final, "VOLUME"))
    assert of(final, "WORKDIR") == [volume]
    [entry], [command] = map(json.loads, of(final, "ENTRYPOINT")), map(json.loads, of(final, "CMD"))
    assert entry == ["converter"]
    assert command[-1] == f"{volume}/exchange.toml"
    assert run(*command, "--help").status == 0


def test_its_health_is_what_doctor_says(run: Run) -> None:
    [check] = of(stages()[-1], "HEALTHCHECK")
    program, *arguments = json.loads(check.partition("CMD ")[2])
    assert program == "converter"
    assert arguments[0] == "doctor"
    assert run(*arguments, "--help").status == 0


def test_time_and_language_are_set() -> None:
    [environment] = of(stages()[-1], "ENV")
    values = dict(each.split("=", 1) for each in shlex.split(environment))
    assert (values["TZ"], values["LANG"]) == ("UTC", "C.UTF-8")


def test_what_is_copied_is_there_and_not_ignored() -> None:
    sources = [
        source
        for each in of(stages()[0], "COPY")
        for source in each.split()[:-1]
        if not source.startswith("--")
    ]
    assert {"converter", "schemas", "share", "requirements.lock"} <= set(sources)
    for source in sources:
        assert (ROOT / source).exists(), source
        assert not ignored(source), source
    for name in (".git", ".venv", "tests", "docs", "exchange.toml"):
        assert ignored(name), name


def ignored(path: str) -> bool:
    """Whether .dockerignore keeps a path out; the last pattern that fits decides."""
    out = False
    for line in (ROOT / ".dockerignore").read_text("utf-8").splitlines():
        pattern = line.removeprefix("!")
        if line and not line.startswith("#") and fnmatch(PurePosixPath(path).parts[0], pattern):
            out = not line.startswith("!")
    return out


def test_the_compose_example_runs_the_image_with_nothing_it_does_not_need(run: Run) -> None:
    text = (ROOT / "examples" / "compose.yaml").read_text("utf-8")
    command = re.search(r"^    command: (\[.*\])$", text, re.MULTILINE)
    assert command is not None
    arguments = json.loads(command[1])
    assert arguments[0] in _COMMANDS
    assert run(*arguments, "--help").status == 0
    [user] = of(stages()[-1], "USER")
    for line in (
        f'user: "{user}"',
        "read_only: true",
        'cap_drop: ["ALL"]',
        "network_mode: none",
        "- ./exchange:/exchange",
    ):
        assert f"\n    {line}\n" in text or f"\n      {line}\n" in text, line

"""What is said of a problem step by step, and that its examples are true."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from converter.problems import Kind, Severity
from converter.problems import catalogue as say
from converter.problems.catalogue import kinds
from converter.problems.examples import EXAMPLES, OF_MESSAGES, OF_SETTINGS, Example
from converter.problems.explaining import explained
from converter.problems.steps import CURE, FRAMES, OWN
from tests.conftest import ROOT, Run

MESSAGE = ROOT / "samples" / "crm-explained.xml"
ALL = {kind.id: kind for kind in kinds()}


@pytest.mark.parametrize("lang", ["ru", "en"])
@pytest.mark.parametrize("kind", kinds(), ids=lambda kind: kind.id)
def test_every_kind_has_steps_with_its_own_cure_among_them(kind: Kind, lang: str) -> None:
    told = explained(kind, lang)
    cure = (kind.ru if lang == "ru" else kind.en).cure
    assert any(step[1:].startswith(cure[1:].split("{")[0]) for step in told.steps)
    assert len(told.steps) >= 2
    for text in (told.what, told.why, *told.steps):
        assert text.endswith((".", "…", ")")), text
        assert not re.search(r"[{}]", text), "details are left open"


@pytest.mark.parametrize("steps", [*FRAMES.values(), *OWN.values()])
def test_both_languages_have_the_same_steps_and_name_the_same_commands(
    steps: tuple[tuple[str, ...], tuple[str, ...]],
) -> None:
    ru, en = steps
    assert [step == CURE for step in ru] == [step == CURE for step in en]
    assert ru.count(CURE) == 1

    def commands(texts: tuple[str, ...]) -> list[list[str]]:
        return [re.findall(r"`(converter [^`]+)`", text) for text in texts]

    assert commands(ru) == commands(en)


def test_every_severity_has_a_frame_and_nothing_is_said_of_kinds_that_are_not() -> None:
    assert set(FRAMES) == set(Severity)
    assert set(OWN) | set(EXAMPLES) <= set(ALL)


def test_a_cure_for_single_files_is_told_apart() -> None:
    assert "--bp-version" in explained(ALL["VAT_NOT_IN_VERSION"], "ru").alone
    assert explained(ALL["NUMBER_TOO_LONG"], "ru").alone == ""


@pytest.mark.parametrize(("id", "example"), OF_MESSAGES.items())
def test_an_example_in_a_message_causes_its_problem_and_mends_it(
    id: str, example: Example, tmp_path: Path, run: Run
) -> None:
    right = MESSAGE.read_text(encoding="utf-8")
    assert example.right in right
    assert id not in problems(run, MESSAGE)
    wrong = tmp_path / "message.xml"
    before, _, after = right.rpartition(example.right)
    wrong.write_text(f"{before}{example.wrong}{after}", encoding="utf-8")
    assert id in problems(run, wrong)


def problems(run: Run, path: Path) -> list[str]:
    """The ids that ``validate`` tells of a file."""
    done = run("validate", path, "--json")
    [report] = json.loads(done.out)["files"]
    return [each["id"] for each in report["problems"]]


@pytest.mark.parametrize(("id", "example"), OF_SETTINGS.items())
def test_an_example_in_the_settings_causes_its_problem_and_mends_it(
    id: str, example: Example, tmp_path: Path, run: Run
) -> None:
    assert run("init", tmp_path / "exchange").status == 0
    path = tmp_path / "exchange" / "exchange.toml"
    text = path.read_text(encoding="utf-8")
    key = example.right.split(" ")[0]
    place = re.compile(rf"^(?:# )?{key} = .*$", re.MULTILINE)
    found = place.search(text)
    assert found is not None
    for line, expected in ((example.right, False), (example.wrong, True)):
        path.write_text(f"{text[: found.start()]}{line}{text[found.end() :]}", encoding="utf-8")
        done = run("doctor", "-c", path, "--json")
        assert (id in done.out) is expected, (line, done.out, done.err)


def test_a_kind_that_does_something_else_than_its_severity_says() -> None:
    """A whole message waits; no object is held."""
    assert explained(say.RESTORED_ASK, "ru").severity == "сообщение ждёт вашего решения"
    assert explained(say.BOUNCING, "ru").severity == "объект задержан"

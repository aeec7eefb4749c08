"""docs/alerts.md: its settings work, and its tables name what the program says."""

from __future__ import annotations

import re
from pathlib import Path

from converter.alerts.letters import _KINDS, FORMAT
from converter.settings.alerting import Alerts
from tests.alerts.news import letter, trouble
from tests.conftest import ROOT
from tests.settings.files import SMALLEST, settings

PAGE = (ROOT / "docs" / "alerts.md").read_text("utf-8")


def rows(heading: str) -> list[str]:
    """The first cells of the table under a heading."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| (`.+?`) \|", section, re.MULTILINE)


def named(cells: list[str]) -> list[str]:
    return [word for cell in cells for word in re.findall(r"`(\w+)`", cell)]


def test_the_settings_that_it_shows_work(tmp_path: Path) -> None:
    shown = re.search(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert shown is not None
    alerts = settings(tmp_path, SMALLEST + shown[1]).alerts
    assert alerts is not None
    assert (alerts.language, alerts.pause) == (Alerts().language, Alerts().pause)
    assert alerts.mail is not None and alerts.webhook is not None and alerts.heartbeat is not None


def test_it_explains_every_kind_of_trouble() -> None:
    assert sorted(named(rows("What is told"))) == sorted(_KINDS)


def test_it_explains_every_field_of_the_document() -> None:
    document = letter([trouble()]).document()
    assert sorted(named(rows("Webhook"))) == sorted(document)
    assert f"`{FORMAT}`" in PAGE
    described = PAGE.partition("Each of `shown`:")[2].partition("\n")[0]
    [shown] = document["begun"]["shown"]
    assert {*shown, *shown["problems"][0]} <= set(re.findall(r"`(\w+)`", described))


def test_it_names_every_event_of_the_log() -> None:
    source = "".join(path.read_text("utf-8") for path in (ROOT / "converter" / "cli").glob("*.py"))
    written = set(re.findall(r'(?:\.event|Piece|_line)\(\s*(?:now, )?"(\w+)"', source)) - {"pass"}
    told = set(re.findall(r'happened\("(\w+)"|events\.append\(\("(\w+)"', _exchange()))
    events = written | {each for pair in told for each in pair if each}
    assert len(events) > 10
    assert events == set(named(rows("Logs")))


def _exchange() -> str:
    folder = ROOT / "converter" / "exchange"
    return "".join(path.read_text("utf-8") for path in folder.glob("*.py"))

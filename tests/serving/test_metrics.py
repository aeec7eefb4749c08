"""Figures for Prometheus: its format, and that they are those of `status`."""

from __future__ import annotations

import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from converter.problems import catalogue as say
from converter.serving.metrics import METRICS, exposition
from converter.serving.passes import OUTCOMES, Passes
from converter.views.status import LinkView
from tests.conftest import ROOT
from tests.report.conftest import facts_of, filled, office
from tests.report.office import NOW, usual
from tests.serving.prometheus import Samples, metric_of, read
from tests.serving.test_passes import Clock, report


@pytest.fixture(scope="module")
def view(tmp_path_factory: pytest.TempPathFactory) -> LinkView:
    return facts_of(filled(tmp_path_factory.mktemp("office"), usual)).links[0].view


@pytest.fixture(scope="module")
def text(view: LinkView) -> str:
    clock = Clock()
    passes = Passes(clock)
    passes.timed("main", report)
    clock.now += 7
    return exposition([view], {"main": passes.of("main")}, NOW, clock.now)


def value(samples: Samples, name: str, **labels: str) -> float:
    return samples[name, frozenset(labels.items())]


def test_the_format_is_prometheus_and_every_metric_is_there(text: str) -> None:
    kinds, samples = read(text)
    assert kinds == {each.name: each.kind for each in METRICS}
    assert {metric_of(name, kinds) for name, _ in samples} == set(kinds)


def test_names_and_helps_are_as_prometheus_wants_them() -> None:
    for metric in METRICS:
        assert re.fullmatch(r"converter_[a-z_]+", metric.name)
        assert metric.name.endswith("_total") == (metric.kind == "counter")
        assert metric.help.endswith(".")


def test_the_figures_are_those_of_the_state(text: str, view: LinkView) -> None:
    _, samples = read(text)
    base, link = view.bp, {"link": "main"}
    assert base.since is not None
    assert base.taken is not None
    bp = {**link, "side": "bp"}
    assert value(samples, "converter_waiting_objects", **bp) == base.waiting == 4
    waited = (NOW - base.since).total_seconds()
    assert value(samples, "converter_waiting_seconds", **bp) == waited
    age = (NOW - base.taken.at).total_seconds()
    assert value(samples, "converter_last_message_age_seconds", **bp, way="taken") == age
    assert value(samples, "converter_held_objects", **link, side="crm") == 2
    assert value(samples, "converter_held_objects", **bp) == 0
    assert value(samples, "converter_rejected_files_total", **link) == 1
    assert value(samples, "converter_unlinked_operations", **link) == 2
    assert value(samples, "converter_unlinked_proposed_operations", **link) == 1
    assert value(samples, "converter_base_stopped", **bp) == 0
    assert value(samples, "converter_state_readable") == 1


def test_passes_and_their_times(text: str) -> None:
    _, samples = read(text)
    counts = {o: value(samples, "converter_passes_total", link="main", outcome=o) for o in OUTCOMES}
    assert counts == {"done": 1, "refused": 0, "away": 0, "stopped": 0, "failed": 0}
    buckets = [
        (dict(labels)["le"], count)
        for (name, labels), count in samples.items()
        if name == "converter_pass_seconds_bucket"
    ]
    assert buckets[-1] == ("+Inf", 1)
    assert [count for _, count in buckets] == sorted(count for _, count in buckets)
    assert value(samples, "converter_pass_seconds_count", link="main") == 1
    assert value(samples, "converter_last_pass_age_seconds", link="main") == 7


def test_a_stopped_base_and_a_folder_that_is_away(tmp_path: Path) -> None:
    with office(tmp_path) as made:
        made.stop("bp", say.NUMBER_REUSED(number=7, side="bp"))
    passes = Passes(Clock())
    passes.timed("main", lambda: report(away=True))
    views = [facts_of(tmp_path / "exchange.toml").links[0].view]
    _, samples = read(exposition(views, {"main": passes.of("main")}, NOW, 100))
    assert value(samples, "converter_base_stopped", link="main", side="bp") == 1
    assert value(samples, "converter_base_stopped", link="main", side="crm") == 0
    assert value(samples, "converter_folder_away", link="main", side="bp") == 1
    assert value(samples, "converter_folder_away", link="main", side="crm") == 0


def test_without_the_state_the_passes_are_told(text: str) -> None:
    passes = Passes(Clock())
    _, samples = read(exposition(None, {"main": passes.of("main")}, NOW, 100))
    assert value(samples, "converter_state_readable") == 0
    assert value(samples, "converter_passes_total", link="main", outcome="done") == 0
    assert not any(name == "converter_held_objects" for name, _ in samples)


def test_a_clock_that_was_set_back_gives_no_negative_age(view: LinkView) -> None:
    passes = {"main": Passes(Clock()).of("main")}
    _, samples = read(exposition([view], passes, NOW - timedelta(days=9), 0))
    assert min(samples.values()) >= 0


def test_a_link_may_be_called_anything(view: LinkView) -> None:
    name = 'Юг "1" \\ 2\nx'
    passes = {name: Passes(Clock()).of(name)}
    _, samples = read(exposition([view._replace(name=name)], passes, NOW, 100))
    assert value(samples, "converter_rejected_files_total", link=name) == 1


# -- the examples --------------------------------------------------------------------------------

ALERTS = (ROOT / "examples" / "prometheus" / "alerts.yml").read_text("utf-8")
DASHBOARD = json.loads((ROOT / "examples" / "grafana" / "converter.json").read_text("utf-8"))


def exported() -> set[str]:
    """Every name that can be asked for."""
    names = {each.name for each in METRICS if each.kind != "histogram"}
    parts = ("_bucket", "_sum", "_count")
    return names | {f"{m.name}{part}" for m in METRICS if m.kind == "histogram" for part in parts}


def named(text: str) -> set[str]:
    return set(re.findall(r"\bconverter_[a-z_]+", text))


def strings(value: Any) -> list[str]:
    """Every text in a value of JSON."""
    if isinstance(value, str):
        return [value]
    inside = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for each in inside for text in strings(each)]


def test_alerts_ask_for_what_is_exported() -> None:
    rules = re.findall(
        r"- alert: (\w+)\n +expr: (.+)\n(?: +for: \d+[mhd]\n)? +labels: \{severity: (\w+)\}\n"
        r" +annotations:\n +summary: .+\n +description: .+\n",
        ALERTS,
    )
    assert len(rules) == ALERTS.count("- alert:") > 8
    assert len({name for name, _, _ in rules}) == len(rules)
    assert {severity for _, _, severity in rules} == {"critical", "warning", "info"}
    for name, expression, _ in rules:
        assert named(expression) <= exported(), name
        assert named(expression) or "up{" in expression
        assert expression.count("(") == expression.count(")")
    outcomes = re.search(r'outcome=~"([a-z|]+)"', ALERTS)
    assert outcomes is not None
    assert set(outcomes[1].split("|")) <= set(OUTCOMES)


def test_the_dashboard_asks_for_what_is_exported_and_shows_all_of_it() -> None:
    asked = {name for text in strings(DASHBOARD) for name in named(text)}
    assert asked <= exported()
    shown = {metric_of(name, {m.name: m.kind for m in METRICS}) for name in asked}
    assert {each.name for each in METRICS} - shown == {"converter_info"}


def test_the_panels_of_the_dashboard_do_not_overlap() -> None:
    cells = [
        (x, y)
        for panel in DASHBOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24
    assert len({panel["id"] for panel in DASHBOARD["panels"]}) == len(DASHBOARD["panels"])

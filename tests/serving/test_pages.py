"""What is served, and how often the state is read for it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest

from converter.report.words import Words
from converter.serving.pages import FRESH, INTERVALS, STUCK, Pages
from converter.serving.passes import Passes
from converter.settings import load
from converter.state.opening import State, open_state
from tests.report.conftest import tree
from tests.report.office import NOW, Office, settings_in
from tests.serving.prometheus import read
from tests.serving.test_passes import Clock, report


class Place:
    """A link's pages, their clock in our hands."""

    def __init__(self, folder: Path, interval: float = 5.0) -> None:
        self.settings = load(settings_in(folder))
        self.state: State = open_state(self.settings.state, list, NOW)
        self.clock = Clock()
        self.passes = Passes(self.clock)
        self.pages = Pages(
            self.settings, self.state, self.passes, Words("en", UTC), lambda: NOW, interval
        )

    def invoice(self, number: str) -> None:
        """One more invoice, as a pass would bring it."""
        with self.state.begin() as connection:
            office = Office(connection, seed=int(number))
            office._refs = int(number) * 100
            office.invoice(office.party(f"Пример {number}"), number, NOW, "100")

    def page(self) -> str:
        answer = self.pages.answer("/")
        assert answer is not None
        assert answer.status == 200
        return answer.body.decode()


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    found = Place(tmp_path)
    yield found
    found.state.close()


def test_the_page_is_the_report_with_a_link_to_have_it_again(place: Place) -> None:
    place.invoice("1")
    root = tree(place.page())
    assert root.find(".//header//a[@href='/']") is not None
    assert "Пример 1" in place.page()


def test_the_policy_of_the_answer_is_that_of_the_page(place: Place) -> None:
    answer = place.pages.answer("/")
    assert answer is not None
    meta = tree(answer.body.decode()).find("head/meta[@http-equiv='Content-Security-Policy']")
    assert meta is not None
    assert meta.get("content") == answer.policy


def test_reloading_does_not_read_the_state_again_until_some_seconds_are_over(place: Place) -> None:
    first = place.page()
    place.invoice("1")
    place.clock.now += FRESH - 0.1
    assert place.page() == first
    place.clock.now += 0.1
    assert "Пример 1" in place.page()


def test_the_figures_are_those_of_the_state_and_of_the_passes(place: Place) -> None:
    place.invoice("1")
    place.passes.timed("main", report)
    answer = place.pages.answer("/metrics")
    assert answer is not None
    _, samples = read(answer.body.decode())
    assert samples["converter_state_readable", frozenset()] == 1
    assert ("converter_rejected_files_total", frozenset({("link", "main")})) in samples
    assert answer.kind.startswith("text/plain; version=0.0.4")


def test_a_state_that_cannot_be_read_is_said(place: Place) -> None:
    place.state.close()
    Path(place.state.name).write_bytes(b"no database at all" * 100)
    answer = place.pages.answer("/")
    assert answer is not None
    assert (answer.status, answer.kind[:10]) == (503, "text/plain")
    assert b"[STATE_FAILED]" in answer.body
    figures = place.pages.answer("/metrics")
    assert figures is not None
    _, samples = read(figures.body.decode())
    assert samples["converter_state_readable", frozenset()] == 0


def test_what_failed_is_tried_again_at_once(place: Place) -> None:
    kept = Path(place.state.name).read_bytes()
    Path(place.state.name).write_bytes(b"no database at all" * 100)
    answer = place.pages.answer("/")
    assert answer is not None
    assert answer.status == 503
    Path(place.state.name).write_bytes(kept)
    place.page()


def health(place: Place) -> int:
    answer = place.pages.answer("/health")
    assert answer is not None
    return answer.status


def test_health_is_whether_passes_go_on(place: Place) -> None:
    assert health(place) == 200
    place.clock.now += STUCK + 1
    assert health(place) == 503  # the first one has not ended yet
    place.passes.timed("main", report)
    assert health(place) == 200
    place.clock.now += STUCK + 1
    assert health(place) == 503


def test_passes_that_are_far_apart_are_not_stuck(tmp_path: Path) -> None:
    place = Place(tmp_path, interval=3600)
    place.passes.timed("main", report)
    place.clock.now += INTERVALS * 3600 - 1
    assert health(place) == 200
    place.clock.now += 2
    assert health(place) == 503
    place.state.close()


def test_there_is_nothing_else(place: Place) -> None:
    assert place.pages.answer("/exchange.db") is None
    assert place.pages.answer("/../exchange.toml") is None

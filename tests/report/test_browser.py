"""In a real browser: nothing is wider than the window, nothing is fetched, and it opens at once."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from datetime import UTC
from pathlib import Path

import pytest
from sqlalchemy import Connection

from converter.report.facts import Facts
from converter.report.page import page as make_page
from converter.report.page import policy, style
from converter.report.words import Words
from converter.serving.address import Address
from converter.serving.pages import Answer
from converter.serving.server import serving
from tests.report.browser import CHROMIUM, Browser, browser
from tests.report.conftest import facts_of, filled, html
from tests.report.office import usual

pytestmark = [
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium here"),
    pytest.mark.skipif(os.name == "nt", reason="pipes are inherited by number"),
]
PHONE, DESK = (390, 844), (1280, 900)
MANY = 10_000
_OVERFLOW = "document.documentElement.scrollWidth - innerWidth"
_UNFOLD = "document.querySelectorAll('details').forEach(each => each.open = true)"


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    with browser(tmp_path_factory.mktemp("profile")) as found:
        yield found


@pytest.fixture(scope="module")
def page(facts: Facts, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The address of an ordinary page."""
    path = tmp_path_factory.mktemp("page") / "report.html"
    path.write_text(html(facts, "ru"), encoding="utf-8")
    return path.as_uri()


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Facts:
    """An office with 10,000 invoices of 400 clients."""

    def fill(connection: Connection) -> None:
        usual(connection, MANY, 400)

    return facts_of(filled(tmp_path_factory.mktemp("large"), fill))


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", [PHONE, DESK, (320, 568), (768, 1024)], ids=str)
def test_it_fits_the_window(
    chromium: Browser, page: str, size: tuple[int, int], dark: bool
) -> None:
    chromium.size(*size, dark=dark)
    chromium.open(page)
    assert chromium.run("innerWidth") == size[0]
    assert chromium.run(_OVERFLOW) <= 0
    chromium.run(_UNFOLD)
    assert chromium.run(_OVERFLOW) <= 0


def test_it_asks_the_network_for_nothing(chromium: Browser, page: str) -> None:
    opened = chromium.open(page)
    assert [each for each in opened.requests if not each.startswith("data:")] == [page]
    assert opened.complaints == []


def test_its_policy_forbids_scripts_and_lets_its_style_sheet_in(
    chromium: Browser, page: str
) -> None:
    chromium.open(page)
    chromium.run("document.body.append(Object.assign(document.createElement('script'),"
                 "{textContent: 'window.ran = true'}))")  # fmt: skip
    assert chromium.run("window.ran") is None
    assert chromium.run("getComputedStyle(document.body).maxWidth") != "none"


def test_a_served_page_is_drawn_under_the_policy_of_its_answer(
    chromium: Browser, facts: Facts
) -> None:
    words = Words("ru", UTC)
    body = b"".join(make_page(facts, words, live=True))
    answer = Answer(200, "text/html; charset=utf-8", body, policy(style(words)))
    with serving(Address("127.0.0.1", 0), lambda path: answer if path == "/" else None) as address:
        opened = chromium.open(address.url)
    assert [each for each in opened.requests if not each.startswith("data:")] == [address.url]
    assert opened.complaints == []
    assert chromium.run("getComputedStyle(document.body).maxWidth") != "none"


def test_the_skip_link_is_the_first_stop_and_shows_itself(chromium: Browser, page: str) -> None:
    chromium.size(*DESK)
    chromium.open(page)
    for kind in ("keyDown", "keyUp"):
        chromium.tab("Input.dispatchKeyEvent", type=kind, key="Tab", windowsVirtualKeyCode=9)
    assert chromium.run("document.activeElement.className") == "skip"
    assert chromium.run("document.activeElement.getBoundingClientRect().left") >= 0


def test_a_link_to_a_folded_invoice_unfolds_it(chromium: Browser, page: str) -> None:
    chromium.size(*DESK)
    chromium.open(page)
    chromium.run("document.querySelector('#clients > .more tr[id]').scrollHeight")
    name = chromium.run("document.querySelector('#clients > .more tr[id]').id")
    chromium.run(f"location.hash = {name!r}")
    chromium.run("new Promise(done => setTimeout(done, 100))")
    assert chromium.run("document.querySelector('#clients > .more').open") is True


def test_it_prints(chromium: Browser, page: str) -> None:
    chromium.open(page)
    assert chromium.pdf().startswith(b"%PDF")


def test_ten_thousand_invoices_are_a_page_in_no_time(large: Facts) -> None:
    began = time.process_time()
    text = html(large, "ru")
    assert time.process_time() - began < 2
    assert text.count("<tr id=") == len(large.links[0].invoices) > MANY


@pytest.mark.parametrize("size", [PHONE, DESK], ids=str)
def test_ten_thousand_invoices_open_at_once(
    chromium: Browser, large: Facts, tmp_path: Path, size: tuple[int, int]
) -> None:
    path = tmp_path / "report.html"
    path.write_text(html(large, "ru"), encoding="utf-8")
    chromium.size(*size)
    # time of a processor: who else is at work on this machine does not matter
    assert chromium.open(path.as_uri()).work < 1
    assert chromium.run(_OVERFLOW) <= 0

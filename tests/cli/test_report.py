"""``converter report``: where the page goes, which links it tells of, and that it only reads."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from lxml import etree

from converter.exchange.locking import alone, locked
from converter.exchange.run import Exchange, Surroundings
from tests.conftest import Run
from tests.messages import bp_payment, crm_invoice
from tests.state.links import Linked


@pytest.fixture
def linked(tmp_path: Path) -> Linked:
    linked = Linked(tmp_path)
    linked.crm(crm_invoice())
    linked.bp(bp_payment(sum="150.5"))
    return linked


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_a_file_is_written_whole_and_nothing_else_is_touched(run: Run, linked: Linked) -> None:
    target = linked.root / "report.html"
    target.write_text("an older one")
    before = digest(linked.root / "exchange.db")
    done = run("report", "-o", target, "-c", linked.config)
    assert (done.status, done.out, done.err) == (0, "", "")
    page = etree.parse(str(target)).getroot()
    assert page.get("lang") == "en"
    assert "СЧ-1" in "".join(page.itertext())
    assert digest(linked.root / "exchange.db") == before
    assert list(linked.root.glob(".converter-*")) == []


def test_to_standard_output_it_is_the_same_page(run: Run, linked: Linked) -> None:
    done = run("report", "-o", "-", "--lang", "ru", "-c", linked.config)
    assert (done.status, done.err) == (0, "")
    page = etree.fromstring(done.raw)
    assert page.get("lang") == "ru"
    assert "150,50" in "".join(page.itertext())


def test_no_lock_is_needed(run: Run, linked: Linked) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    state = linked.state()
    exchange = Exchange(linked.link, state, Surroundings(lambda: now))
    with alone(state, now), locked(exchange, now):
        assert run("report", "-o", "-", "-c", linked.config).status == 0
    state.close()


def test_one_link_may_be_chosen(run: Run, linked: Linked) -> None:
    assert run("report", "-o", "-", "--link", "MAIN", "-c", linked.config).status == 0
    done = run("report", "-o", "-", "--link", "other", "-c", linked.config)
    assert (done.status, done.raw) == (2, b"")
    assert "LINK_UNKNOWN" in done.err


@pytest.mark.parametrize("day", ["2026-03-02", "02.03.2026"])
def test_since_takes_a_day_as_either_language_writes_it(run: Run, linked: Linked, day: str) -> None:
    done = run("report", "-o", "-", "--since", day, "-c", linked.config)
    assert done.status == 0
    assert "closed ones since 2\u00a0Mar\u00a02026" in done.out


def test_what_is_no_day_is_wrong_usage(run: Run, linked: Linked) -> None:
    done = run("report", "-o", "-", "--since", "yesterday", "-c", linked.config)
    assert (done.status, done.raw) == (2, b"")
    assert "“yesterday” is no date" in done.err


def test_a_folder_that_is_not_there_is_said(run: Run, linked: Linked) -> None:
    done = run("report", "-o", linked.root / "nowhere" / "r.html", "-c", linked.config)
    assert done.status == 3
    assert "nowhere" in done.err


def test_where_to_must_be_said(run: Run, linked: Linked) -> None:
    done = run("report", "-c", linked.config)
    assert done.status == 2
    assert "-o" in done.err

"""The desk: real states, real servers. Told once, at least once, and never in the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from converter.alerts.beside import Beside
from converter.alerts.desk import Around, Desk
from converter.exchange.locking import telling
from converter.exchange.report import Report
from converter.problems import Problem, Stopped
from converter.problems import catalogue as say
from converter.settings import load
from converter.state.opening import State, open_state
from converter.state.troubles import Troubles
from tests.alerts.servers import Web, closed_port, post, web
from tests.messages import crm_invoice, guid
from tests.state.links import Linked

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of this computer stands between."""
    monkeypatch.setenv("no_proxy", "*")


class Office:
    """A link, its state, and a desk that tells of it."""

    def __init__(self, root: Path, alerts: str, timeout: float = 5, deadline: float = 10) -> None:
        self.linked = Linked(root)
        text = self.linked.config.read_text("utf-8") + f"\n{alerts}"
        self.linked.config.write_text(text, "utf-8")
        self.linked.settings = load(self.linked.config)
        self.said: list[Problem] = []
        self.state: State = self.linked.state()
        self.timeout, self.deadline = timeout, deadline
        self.desk = self.begin()

    def begin(self, state: Any = None) -> Desk:
        """The desk of a new process; ``state`` in place of the real one."""
        around = Around(
            lambda: self.now, {}, UTC, "office", self.said.append, self.timeout, self.deadline
        )
        return Desk(self.linked.settings, state or self.state, around)

    @property
    def now(self) -> datetime:
        return self.linked.now

    def later(self, length: timedelta = HOUR) -> None:
        self.linked.now += length

    def well(self) -> None:
        """A pass ended well."""
        self.desk.passed("main", Report("main"))

    def away(self, side: str = "bp") -> None:
        """A pass found a folder away."""
        report = Report("main")
        report.away.append((side, say.FOLDER_MISSING(folder=f"/share/{side}")))
        self.desk.passed("main", report)

    def hold(self, count: int) -> None:
        """The CRM sends invoices whose sums are wrong."""
        invoices = [
            crm_invoice(guid(1000 + index), number=f"СЧ-{index}", total="300")
            for index in range(count)
        ]
        self.linked.crm(*invoices)

    def channel(self, name: str) -> Any:
        with self.state.read() as connection:
            return Troubles(connection).channels().get(name)


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as site:
        yield site


@pytest.fixture
def office(tmp_path: Path, site: Web) -> Iterator[Office]:
    made = Office(tmp_path, f'[alerts.webhook]\nurl = "{site.url()}"\n')
    yield made
    made.state.close()


def told(site: Web) -> list[tuple[list[str], list[str]]]:
    """The kinds that began and ended, letter by letter."""
    return [
        tuple(
            [each["kind"] for each in asked.document[name]["shown"]] for name in ("begun", "ended")
        )  # type: ignore[misc]
        for asked in site.asked
    ]


# -- what is told --------------------------------------------------------------------------------


def test_nothing_wrong_nothing_told_nothing_written(office: Office, site: Web) -> None:
    office.linked.crm(crm_invoice())
    before = (office.linked.root / "exchange.db").read_bytes()
    for _ in range(3):
        office.well()
        office.desk.look()
        office.later()
    assert site.asked == []
    assert (office.linked.root / "exchange.db").read_bytes() == before


def test_a_first_pass_that_holds_500_is_one_message(office: Office, site: Web) -> None:
    office.hold(500)
    for _ in range(3):
        office.desk.look()
        office.later()
    [asked] = site.asked
    begun = asked.document["begun"]
    assert (begun["count"], len(begun["shown"])) == (500, 20)
    assert "пересчитайте счёт в CRM" in begun["shown"][0]["problems"][0]["cure"]


def test_beginning_and_end_of_each_kind(office: Office, site: Web) -> None:
    office.linked.crm(crm_invoice())
    office.away()
    office.desk.look()
    office.later()
    office.hold(1)
    office.linked.put("bp", "<x/>")
    office.linked.sync()
    office.desk.passed("main", Stopped(say.ARCHIVE_GAP(archive="a", missing=2)))
    office.desk.look()
    office.later()
    office.linked.crm(crm_invoice(guid(1000), number="СЧ-0"))
    office.linked.bp()
    office.well()
    office.desk.look()
    office.later()
    office.desk.look()
    assert [(sorted(begun), sorted(ended)) for begun, ended in told(site)] == [
        (["away"], []),
        (["held", "rejected", "stopped"], []),
        ([], ["away"]),
        ([], ["held", "rejected", "stopped"]),
    ]


def test_what_was_told_is_not_told_by_the_next_process(office: Office, site: Web) -> None:
    office.hold(1)
    office.away()
    office.desk.look()
    office.later()
    office.desk = office.begin()
    office.desk.look()  # before its first pass
    office.away()
    office.desk.look()
    assert [(sorted(begun), ended) for begun, ended in told(site)] == [(["away", "held"], [])]


def test_waiting_for_another_process_is_no_trouble(office: Office, site: Web) -> None:
    locked_ = say.LOCKED(command="c", pid=1, host="h", user="u", since="s")
    assert office.desk.passed("main", Stopped(locked_)) is False
    office.desk.look()
    assert site.asked == []


def test_what_another_process_has_found_since_is_not_overruled(office: Office, site: Web) -> None:
    """A folder was away; another process works on the link now, and finds it well."""
    office.linked.crm(crm_invoice())
    office.away()
    office.desk.look()
    other = office.begin()
    other.passed("main", Report("main"))
    office.desk.passed(
        "main", Stopped(say.LOCKED(command="c", pid=1, host="h", user="u", since="s"))
    )
    for _ in range(3):
        office.later()
        office.desk.look()
        other.look()
    assert told(site) == [(["away"], []), ([], ["away"])]


def test_another_process_that_is_telling_is_left_to_it(office: Office, site: Web) -> None:
    office.hold(1)
    with telling(office.state, office.now):
        office.desk.look()
    assert site.asked == []
    office.desk.look()
    assert len(site.asked) == 1


def test_either_kind_of_state_remembers_what_was_told(
    office: Office, site: Web, state_url: str
) -> None:
    state = open_state(state_url, list, office.now)
    for _ in range(2):  # two processes, one after the other
        office.desk = office.begin(state)
        office.away()
        office.desk.look()
        office.later()
    office.well()
    for _ in range(3):  # a folder that flaps is not told of at once
        office.desk.look()
        office.later()
    state.close()
    assert told(site) == [(["away"], []), ([], ["away"])]


def test_each_channel_is_told_for_itself(tmp_path: Path) -> None:
    with web((500, {}), (500, {})) as site, post() as mail:
        office = Office(
            tmp_path,
            f'[alerts]\nlanguage = "en"\n[alerts.webhook]\nurl = "{site.url()}"\n'
            f'[alerts.mail]\nserver = "127.0.0.1"\nport = {mail.port}\nsecurity = "none"\n'
            'sender = "a@b.ru"\nto = ["c@d.ru"]\n',
        )
        office.hold(1)
        for _ in range(4):
            office.desk.look()
            office.later()
        assert len(mail.received) == 1
        assert [each.document["begun"]["count"] for each in site.asked] == [1, 1, 1]
        assert "object held" in mail.received[0].message["Subject"]
        office.state.close()


# -- channels that fail --------------------------------------------------------------------------


def test_a_channel_that_fails_is_said_once_and_kept_for_status(tmp_path: Path) -> None:
    office = Office(tmp_path, f'[alerts.webhook]\nurl = "http://127.0.0.1:{closed_port()}/"\n')
    office.hold(1)
    for _ in range(3):
        office.desk.look()
        office.later()
    assert [each.kind.id for each in office.said] == ["ALERT_WEBHOOK"]
    row = office.channel("webhook")
    assert (row.failures, row.sent, row.tried) == (3, None, office.now - HOUR)
    assert row.reason.kind.id == "ALERT_WEBHOOK"
    office.state.close()


def test_it_rests_between_attempts_and_tells_when_the_server_is_back(
    tmp_path: Path,
) -> None:
    with web((500, {}), (500, {})) as site:
        office = Office(tmp_path, f'[alerts.webhook]\nurl = "{site.url()}"\n')
        office.hold(1)
        for _ in range(6):
            office.desk.look()
            office.later(timedelta(seconds=30))
        assert len(site.asked) == 2  # at once, after a minute, not yet after two more
        office.hold(2)
        office.later()
        office.desk.look()
        assert site.asked[-1].document["begun"]["count"] == 2
        assert len(site.asked) == 3
        row = office.channel("webhook")
        assert (row.failures, row.problem, row.sent) == (0, None, office.now)
        office.state.close()


def test_a_server_that_drips_is_given_up_in_time(tmp_path: Path) -> None:
    """Each byte comes in time for the connection, all of them never."""
    stop = threading.Event()

    def drip(handler: Any) -> None:
        handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 60000\r\n\r\n")
        while not stop.wait(0.05):
            handler.wfile.write(b"x")

    with web(drip) as site:
        text = f'[alerts.webhook]\nurl = "{site.url()}"\n'
        office = Office(tmp_path, text, timeout=5, deadline=0.5)
        office.hold(1)
        began = time.monotonic()
        office.desk.look()
        assert time.monotonic() - began < 20
        stop.set()
        assert office.channel("webhook").failures == 1
        assert "within 0.5 s" in office.said[0].what("en")
        office.state.close()


def test_a_slow_channel_does_not_keep_the_other(tmp_path: Path) -> None:
    came = threading.Event()

    def wait(handler: Any) -> None:
        came.wait(30)  # only when the mail has come is it answered
        handler.send_response(200)
        handler.end_headers()

    with web(wait) as site, post() as mail:
        mail.after = came.set
        office = Office(
            tmp_path,
            f'[alerts.webhook]\nurl = "{site.url()}"\n'
            f'[alerts.mail]\nserver = "127.0.0.1"\nport = {mail.port}\nsecurity = "none"\n'
            'sender = "a@b.ru"\nto = ["c@d.ru"]\n',
            timeout=30,
            deadline=60,
        )
        office.hold(1)
        office.desk.look()
        assert (office.channel("webhook").failures, office.channel("mail").failures) == (0, 0)
        office.state.close()


# -- killed in between ---------------------------------------------------------------------------


def test_a_state_that_is_busy_after_sending_is_marked_later_and_not_told_twice(
    office: Office, site: Web
) -> None:
    """The letter went out, and then the state could not be written."""
    office.hold(1)
    office.desk.look()
    office.later()
    office.desk = office.begin(_Fails(office.state, after=1))
    office.away()
    with pytest.raises(Stopped):
        office.desk.look()
    office.later()
    office.desk.look()
    office.later()
    office.desk.look()
    assert told(site) == [(["held"], []), (["away"], [])]


class _Fails:
    """A state that cannot be written once, ``after`` so many times that it can."""

    def __init__(self, state: State, after: int) -> None:
        self._state = state
        self._left = after
        self.read, self.hold = state.read, state.hold

    def begin(self) -> Any:
        self._left -= 1
        if self._left == -1:
            raise Stopped(say.STATE_FAILED(state="x", reason="database is locked"))
        return self._state.begin()


# -- a sign of life ------------------------------------------------------------------------------


def beating(site: Web, more: str = "") -> str:
    return f'[alerts.heartbeat]\nurl = "{site.url("/well")}"\n{more}'


def test_a_sign_of_life_every_so_often(tmp_path: Path, site: Web) -> None:
    office = Office(tmp_path, beating(site, 'every = "10m"\n'))
    for _ in range(60):
        office.well()
        office.desk.beat(timedelta(seconds=5))
        office.later(timedelta(minutes=1))
    assert [(each.method, each.path) for each in site.asked] == [("GET", "/well")] * 6
    office.state.close()


def test_no_sign_before_the_first_pass_nor_after_passes_stopped(tmp_path: Path, site: Web) -> None:
    office = Office(tmp_path, beating(site))
    office.desk.beat(timedelta(seconds=5))
    assert site.asked == []
    office.well()
    office.desk.beat(timedelta(seconds=5))
    office.later()
    office.desk.beat(timedelta(seconds=5))  # a pass hangs
    assert len(site.asked) == 1
    office.state.close()


@pytest.mark.parametrize("fail", [True, False])
def test_what_fails_is_told_at_once_where_there_is_an_address_for_it(
    fail: bool, tmp_path: Path, site: Web
) -> None:
    more = f'fail_url = "{site.url("/fail")}"\n' if fail else ""
    office = Office(tmp_path, beating(site, more))
    for pass_ in (office.well, office.away, office.well):
        pass_()
        office.desk.beat(timedelta(seconds=5))
        office.later(timedelta(seconds=10))
    paths = [each.path for each in site.asked]
    assert paths == (["/well", "/fail", "/well"] if fail else ["/well", "/well"])
    office.state.close()


def test_what_is_held_is_no_reason_to_stop_the_signs(tmp_path: Path, site: Web) -> None:
    office = Office(tmp_path, beating(site))
    office.hold(1)
    office.well()
    office.desk.beat()
    assert [each.path for each in site.asked] == ["/well"]
    office.state.close()


def test_a_sign_that_does_not_arrive_is_said_once_and_kept(tmp_path: Path) -> None:
    office = Office(tmp_path, f'[alerts.heartbeat]\nurl = "http://127.0.0.1:{closed_port()}/"\n')
    for _ in range(3):
        office.well()
        office.desk.beat()
        office.later()
    assert [each.kind.id for each in office.said] == ["ALERT_HEARTBEAT"]
    assert office.channel("heartbeat").reason.kind.id == "ALERT_HEARTBEAT"
    office.state.close()


def test_and_is_well_again(tmp_path: Path) -> None:
    with web((500, {})) as site:
        office = Office(tmp_path, beating(site))
        for _ in range(2):
            office.well()
            office.desk.beat()
            office.later()
        assert (office.channel("heartbeat").problem, len(site.asked)) == (None, 2)
        office.state.close()


# -- beside the passes ---------------------------------------------------------------------------


def test_beside_the_passes_news_are_told_at_once(office: Office, site: Web) -> None:
    failed: list[Exception] = []
    office.hold(1)
    with Beside(office.desk, 3600, timedelta(seconds=5), failed.append) as alerts:
        _until(lambda: len(site.asked) == 1)
        office.later()
        report = Report("main")
        report.away.append(("bp", say.FOLDER_MISSING(folder="x")))
        alerts.passed("main", report)
        _until(lambda: len(site.asked) == 2)
    assert failed == []
    assert told(site) == [(["held"], []), (["away"], [])]


def test_a_look_that_fails_is_said_and_the_next_one_made(office: Office, site: Web) -> None:
    failed: list[Exception] = []
    office.hold(1)
    desk = office.begin(_Fails(office.state, after=0))
    with Beside(desk, 0.01, timedelta(seconds=5), failed.append):
        _until(lambda: len(site.asked) == 1)
    assert [type(each) for each in failed] == [Stopped]


def test_without_channels_there_is_no_thread(tmp_path: Path) -> None:
    office = Office(tmp_path, '[alerts]\nlanguage = "ru"\n')
    before = threading.active_count()
    with Beside(office.desk, 0.01, timedelta(seconds=5), lambda _: None) as alerts:
        assert threading.active_count() == before
        alerts.passed("main", Report("main"))
    office.state.close()


def _until(true: Any) -> None:
    end = time.monotonic() + 60
    while not true():
        assert time.monotonic() < end
        time.sleep(0.005)

"""``converter watch``: passes on every change of the folders, until stopped."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from converter.cli.alerting import beside, working_aloud
from converter.cli.console import Manner
from converter.cli.log import Log, file_options, format_option, log_of
from converter.cli.options import config, language
from converter.cli.passes import tell
from converter.cli.serving import serve_option, served
from converter.cli.state_options import utc_now
from converter.cli.stopping import Leave, finishing
from converter.cli.usage import Command, Number
from converter.cli.words import counted, say
from converter.cli.working import AT_ONCE, exchange_of, is_busy, one_pass
from converter.exchange.locking import PATIENCE, alone
from converter.exchange.report import Report
from converter.exchange.run import Exchange
from converter.exchange.watching import WORKERS, Watcher
from converter.problems import Problem, Stopped
from converter.problems import catalogue as problems
from converter.serving.address import Address
from converter.serving.passes import Passes
from converter.settings import Link, Settings
from converter.state.opening import State

if TYPE_CHECKING:
    from converter.alerts.beside import Beside

INTERVAL, AT_A_TIME = Number(0.1, 3600), Number(1, 256)


@click.command(
    "watch",
    cls=Command,
    help=say(
        "Следит за папками и обменивается при каждом изменении, пока не остановят (Ctrl+C).\n\n"
        "\b\nПример: converter watch -c exchange.toml\n"
        "\b\nСо страницей в браузере: converter watch --serve 127.0.0.1:8080",
        "Watches the folders and exchanges on every change, until stopped (Ctrl+C).\n\n"
        "\b\nExample: converter watch -c exchange.toml\n"
        "\b\nWith a page in a browser: converter watch --serve 127.0.0.1:8080",
    ),
)
@config
@click.option(
    "--interval",
    type=INTERVAL,
    default=5.0,
    show_default=True,
    metavar=say("СЕКУНД", "SECONDS"),
    help=say(
        "как часто смотреть в папки и без событий (сетевые папки; на серверах — не чаще poll), ",
        "how often to look without events (network shares; servers no more often than poll), ",
    )
    + INTERVAL.range,
)
@serve_option
@click.option(
    "--workers",
    type=AT_A_TIME,
    default=WORKERS,
    show_default=True,
    metavar=say("ЧИСЛО", "COUNT"),
    help=say("сколько связок обрабатывать одновременно, ", "how many links to work side by side, ")
    + AT_A_TIME.range,
)
@format_option
@file_options
@click.option(
    "-q", "--quiet", is_flag=True, help=say("только то, что не так", "only what is wrong")
)
@language
def command(
    path: str,
    interval: float,
    serve: Address | None,
    workers: int,
    log_format: str,
    log_file: Path | None,
    log_size: int,
    log_count: int,
    quiet: bool,
) -> None:
    log = log_of(log_format, log_file, log_size, log_count)
    leave = Leave()
    with (
        finishing(leave),
        working_aloud(path, log) as (settings, state),
        alone(state, utc_now()),
        served(serve, settings, state, _slowest(settings, interval), log, quiet) as passes,
        beside(settings, state, log, interval) as alerts,
    ):
        exchanges = {link.name: exchange_of(link, state) for link in settings.link}
        teller, busy = _Teller(Manner(quiet=quiet), log), _Busy(state)
        watcher = Watcher(
            {link.name: _here(link) for link in settings.link},
            lambda name: _pass(exchanges[name], teller, busy, passes, alerts),
            {link.name: _interval(link, interval) for link in settings.link},
            workers,
        )
        if not quiet:
            count = counted(len(exchanges), ("связка", "связки", "связок"), ("link", "links"))
            words = say(f"слежу: {count}; остановить: Ctrl+C", f"watching {count}; Ctrl+C stops")
            log.event("watching", words)
        leave.by(watcher.stop)
        watcher.run()
        if not quiet:
            log.event("stopped", say("остановлено", "stopped"))


def _here(link: Link) -> tuple[Path, ...]:
    """The folders that may tell of changes: working folders are changed by the pass itself."""
    return tuple(base.folder for base in (link.crm, link.bp) if base.far is None)


def _interval(link: Link, interval: float) -> float:
    """How often a link is worked without events: a server is not asked as often as a folder."""
    polls = [base.poll for base in (link.crm, link.bp) if base.far is not None]
    return max(interval, min(polls)) if polls else interval


def _slowest(settings: Settings, interval: float) -> float:
    """How long there may be no pass of some link without anything being wrong."""
    return max(_interval(link, interval) for link in settings.link)


def _pass(exchange: Exchange, teller: _Teller, busy: _Busy, passes: Passes, alerts: Beside) -> None:
    """A pass whose failure, of whatever kind, does not end the others."""
    try:
        done = passes.timed(exchange.link.name, lambda: one_pass(exchange, patience=busy.patience))
    except Exception as failure:  # noqa: BLE001 - one link that fails never stops the others
        done = Stopped(problems.PASS_FAILED(reason=repr(failure)))
    alerts.passed(exchange.link.name, done)
    if not busy.passes_over(exchange.link.name, done):
        teller.tell(exchange.link.name, done)


class _Busy:
    """Links that other processes are at: on a state made for several, they are theirs for now.

    The next look comes to them again. One that stays another's for as long as a pass is waited for
    elsewhere is told of.
    """

    def __init__(self, state: State) -> None:
        self.patience = AT_ONCE if state.shared else PATIENCE
        self._since: dict[str, float] = {}

    def passes_over(self, link: str, done: Report | Stopped) -> bool:
        """Whether there is nothing to tell of a pass, since the link was busy."""
        if not (isinstance(done, Stopped) and is_busy(done)):
            self._since.pop(link, None)
            return False
        now = time.monotonic()
        return now - self._since.setdefault(link, now) + self.patience < PATIENCE


class _Teller:
    """One line per pass that did something; a trouble that lasts is said once, and its end too."""

    def __init__(self, manner: Manner, log: Log) -> None:
        self._manner = manner
        self._log = log
        self._lock = threading.Lock()
        self._lasting: dict[str, set[Any]] = {}

    def tell(self, link: str, done: Report | Stopped) -> None:
        """What a pass did."""
        with self._lock:
            before = self._lasting.get(link, set())
            if isinstance(done, Stopped):
                self._lasting[link] = {done.problem}
                if done.problem not in before:
                    self._log.problem(done.problem, link)
                return
            lasting = _lasting(done)
            self._lasting[link] = set(lasting)
            done.problems = [each for each in done.problems if each not in before]
            done.away = [each for each in done.away if each[1] not in before]
            done.waiting = []
            if before and not lasting and not self._manner.quiet:
                words = say(f"{link}: снова в порядке", f"{link}: well again")
                self._log.event("well", words, link=link)
            if done.did_something:
                tell(done, self._manner, log=self._log)


def _lasting(done: Report) -> list[Problem]:
    """Troubles that every pass meets again until they are mended."""
    return [problem for _, problem in done.away] + [
        each for each in done.problems if each.kind.id in ("VERSION_NONE", "VERSION_UNKNOWN")
    ]

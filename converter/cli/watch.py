"""``converter watch``: passes on every change of the folders, until stopped."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path
from typing import Any

import click

from converter.cli.console import Manner, problem_text
from converter.cli.options import config, language
from converter.cli.passes import tell
from converter.cli.serving import serve_option, served
from converter.cli.showing import local
from converter.cli.state_options import utc_now
from converter.cli.stopping import finishing
from converter.cli.usage import Command
from converter.cli.words import counted, say
from converter.cli.working import AT_ONCE, exchange_of, is_busy, one_pass, working
from converter.exchange.locking import PATIENCE, alone
from converter.exchange.report import Report
from converter.exchange.run import Exchange
from converter.exchange.watching import WORKERS, Watcher
from converter.problems import Problem, Stopped
from converter.serving.address import Address
from converter.serving.passes import Passes
from converter.settings import Link, Settings
from converter.state.opening import State


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
    type=click.FloatRange(0.1, 3600),
    default=5.0,
    show_default=True,
    metavar=say("СЕКУНД", "SECONDS"),
    help=say(
        "как часто смотреть в папки и без событий (сетевые папки; на серверах — не чаще poll)",
        "how often to look without events (network shares; servers no more often than poll)",
    ),
)
@serve_option
@click.option(
    "--workers",
    type=click.IntRange(1, 256),
    default=WORKERS,
    show_default=True,
    metavar="N",
    help=say("сколько связок обрабатывать одновременно", "how many links to work side by side"),
)
@click.option(
    "-q", "--quiet", is_flag=True, help=say("только то, что не так", "only what is wrong")
)
@language
def command(path: str, interval: float, serve: Address | None, workers: int, quiet: bool) -> None:
    manner = Manner(quiet=quiet)
    with (
        working(path) as (settings, state),
        alone(state, utc_now()),
        served(serve, settings, state, _slowest(settings, interval), _say, quiet) as passes,
    ):
        exchanges = {link.name: exchange_of(link, state) for link in settings.link}
        teller, busy = _Teller(manner), _Busy(state)
        watcher = Watcher(
            {link.name: _here(link) for link in settings.link},
            lambda name: _pass(exchanges[name], teller, busy, passes),
            {link.name: _interval(link, interval) for link in settings.link},
            workers,
        )
        if not quiet:
            count = counted(len(exchanges), ("связка", "связки", "связок"), ("link", "links"))
            _say(say(f"слежу: {count}; остановить: Ctrl+C", f"watching {count}; Ctrl+C stops"))
        with finishing(watcher.stop):
            watcher.run()


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


def _pass(exchange: Exchange, teller: _Teller, busy: _Busy, passes: Passes) -> None:
    """A pass whose failure, of whatever kind, does not end the others."""
    try:
        done = passes.timed(exchange.link.name, lambda: one_pass(exchange, patience=busy.patience))
    except Exception as failure:  # noqa: BLE001 - one link that fails never stops the others
        name = exchange.link.name
        _say(
            say(
                f"{name}: непредвиденная ошибка, следующий проход попробует снова: {failure!r}",
                f"{name}: an error that nobody expected, the next pass tries again: {failure!r}",
            )
        )
        return
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

    def __init__(self, manner: Manner) -> None:
        self._manner = manner
        self._lock = threading.Lock()
        self._lasting: dict[str, set[Any]] = {}

    def tell(self, link: str, done: Report | Stopped) -> None:
        """What a pass did."""
        with self._lock:
            before = self._lasting.get(link, set())
            if isinstance(done, Stopped):
                self._lasting[link] = {done.problem}
                if done.problem not in before:
                    _say(problem_text(done.problem, link))
                return
            lasting = _lasting(done)
            self._lasting[link] = set(lasting)
            done.problems = [each for each in done.problems if each not in before]
            done.away = [each for each in done.away if each[1] not in before]
            done.waiting = []
            if before - set(lasting) and not self._manner.quiet:
                _say(say(f"{link}: снова в порядке", f"{link}: well again"))
            if done.did_something:
                tell(done, self._manner, stamp=_stamp())


def _say(text: str) -> None:
    click.echo(_stamp() + text, err=True)


def _stamp() -> str:
    """The time of a line; a service's lines get theirs from the journal of the system."""
    return "" if "JOURNAL_STREAM" in os.environ else f"{local(utc_now())}  "


def _lasting(done: Report) -> list[Problem]:
    """Troubles that every pass meets again until they are mended."""
    return [problem for _, problem in done.away] + [
        each for each in done.problems if each.kind.id in ("VERSION_NONE", "VERSION_UNKNOWN")
    ]

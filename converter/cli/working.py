"""Working on links from the command line: settings, state, locks, one pass after another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from converter.exchange.locking import locked
from converter.exchange.report import Report
from converter.exchange.run import Exchange, Surroundings
from converter.exchange.traces import traces
from converter.problems import Stopped
from converter.problems import catalogue as say
from converter.settings import Link, Settings, load
from converter.state.opening import State, open_state


def utc_now() -> datetime:
    """The time in UTC without offset, as messages have it."""
    return datetime.now(UTC).replace(tzinfo=None)


@contextmanager
def working(config: str, rebuild: bool = False) -> Iterator[tuple[Settings, State]]:
    """The settings and the open state of a command. Raises `Stopped`."""
    settings = load(Path(config))
    state = open_state(settings.state, lambda: traces(settings), utc_now(), rebuild=rebuild)
    try:
        yield settings, state
    finally:
        state.close()


def exchange_of(link: Link, state: State) -> Exchange:
    """The exchange of a link in this process."""
    return Exchange(link, state, Surroundings(utc_now))


def one_pass(settings: Settings, exchange: Exchange, dry: bool = False) -> Report | Stopped:
    """A pass of a link under its lock; what stopped it is given back, for the others to go on."""
    try:
        if dry:
            return exchange.run(dry=True)
        with locked(settings, exchange.link.name, utc_now()):
            return exchange.run()
    except Stopped as stopped:
        return stopped
    except OSError as failure:  # disk or folder, at a place where nobody expects it
        place = str(failure.filename or exchange.link.name)
        return Stopped(say.FOLDER_FAILED(folder=place, reason=failure.strerror or str(failure)))


def chosen(settings: Settings, name: str | None) -> list[Link]:
    """The links of a command: all, or the one of a name. Raises `Stopped` (LINK_UNKNOWN)."""
    if name is None:
        return list(settings.link)
    found = [link for link in settings.link if link.name.casefold() == name.casefold()]
    if not found:
        names = ", ".join(link.name for link in settings.link)
        raise Stopped(say.LINK_UNKNOWN(name=name, names=names))
    return found

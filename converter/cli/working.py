"""Working on links from the command line: settings, state, locks, one pass after another."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from converter.cli.state_options import opened, settings_of, utc_now
from converter.exchange.locking import PATIENCE, locked
from converter.exchange.report import Report
from converter.exchange.run import Exchange, Surroundings
from converter.folder.failures import failed
from converter.problems import Problem, Stopped
from converter.problems import catalogue as say
from converter.settings import Link, Settings
from converter.state.opening import State

#: a link that another process is at is not waited for
AT_ONCE = 0.0


@contextmanager
def working(
    config: str, rebuild: bool = False, plan: bool = False, thorough: bool = False
) -> Iterator[tuple[Settings, State]]:
    """The settings and the open state of a command. Raises `Stopped`."""
    settings = settings_of(config)
    with opened(settings, rebuild, plan, thorough) as state:
        yield settings, state


def exchange_of(link: Link, state: State) -> Exchange:
    """The exchange of a link in this process."""
    return Exchange(link, state, Surroundings(utc_now))


def is_busy(stopped: Stopped) -> bool:
    """Whether another process is at the link."""
    return stopped.problem.kind.id == say.LOCKED.id


def one_pass(exchange: Exchange, dry: bool = False, patience: float = PATIENCE) -> Report | Stopped:
    """A pass of a link under its lock; what stopped it is given back, for the others to go on.

    A plan needs no lock, unless a folder on a server is fetched for it.
    """
    try:
        if dry and not exchange.is_far:
            return exchange.run(dry)
        with locked(exchange, utc_now(), patience):
            return exchange.run(dry)
    except Stopped as stopped:
        return stopped
    except OSError as failure:
        return Stopped(failed_at(exchange.link, failure))


def failed_at(link: Link, failure: OSError) -> Problem:
    """What it means that disk or folder failed where nobody expects it: by the folder of the link in
    which that is, since a person gives rights to that or looks whether it is connected."""
    if not isinstance(failure.filename, str):
        return failed(Path(link.name), failure)
    place = Path(failure.filename)
    mine = (link.crm.folder, link.bp.folder, *([link.archive] if link.archive else []))
    folder = next((each for each in mine if place.is_relative_to(each)), place)
    return failed(folder, failure, "" if folder == place else str(place))

"""What the commands that read the state share: its settings, its opening, the choice of a link."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from converter.cli.options import config
from converter.cli.words import say
from converter.problems import Stopped
from converter.problems import catalogue as problems

if TYPE_CHECKING:  # both are slow to load: only commands that run load them
    from converter.settings import Link, Settings
    from converter.state.opening import State

__all__ = ["chosen", "config", "link_option", "opened", "settings_of", "utc_now"]


def link_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """``--link``: one link instead of all."""
    return click.option(
        "--link",
        "link",
        metavar=say("СВЯЗКА", "LINK"),
        shell_complete=_names,
        help=say("только эта связка", "only this link"),
    )(command)


def _names(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[str]:
    """For a shell: the links that the settings name; none where the settings cannot be read."""
    try:
        links = settings_of(ctx.params.get("path") or "exchange.toml").link
    except Stopped:
        return []
    return [link.name for link in links if link.name.startswith(incomplete)]


def settings_of(path: str) -> Settings:
    """The settings in a file. Raises `Stopped` where they are wrong (SPEC §8)."""
    from converter.settings import load

    return load(Path(path))


def chosen(settings: Settings, name: str | None) -> list[Link]:
    """The links of a command: all, or the one of a name. Raises `Stopped` (LINK_UNKNOWN)."""
    if name is None:
        return list(settings.link)
    found = [link for link in settings.link if link.name.casefold() == name.casefold()]
    if not found:
        names = ", ".join(link.name for link in settings.link)
        raise Stopped(problems.LINK_UNKNOWN(name=name, names=names))
    return found


@contextmanager
def opened(
    settings: Settings, rebuild: bool = False, plan: bool = False, thorough: bool = False
) -> Iterator[State]:
    """The open state of a command. Raises `Stopped`, as `open_state` does."""
    from converter.exchange.traces import traces
    from converter.settings.passwords import state_password
    from converter.state.opening import open_state

    def found() -> list[Path]:
        return traces(settings)

    secret = state_password(settings, os.environ)
    state = open_state(
        settings.state,
        found,
        utc_now(),
        rebuild=rebuild,
        plan=plan,
        password=secret,
        thorough=thorough,
    )
    try:
        yield state
    finally:
        state.close()


def utc_now() -> datetime:
    """The time in UTC without offset, as messages and the state have it."""
    return datetime.now(UTC).replace(tzinfo=None)

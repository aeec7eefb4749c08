"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from converter.cli.usage import OneFile
from converter.cli.words import say

Command = Callable[..., Any]

FILE = OneFile(there=True)


def files(command: Command) -> Command:
    """One or more messages; ``-`` is standard input."""
    return click.argument(
        "files", nargs=-1, required=True, type=FILE, metavar=say("ФАЙЛ…", "FILE…")
    )(command)


def config(command: Command) -> Command:
    """``-c``: the settings."""
    return click.option(
        "-c",
        "--config",
        "path",
        default="exchange.toml",
        show_default=True,
        type=click.Path(readable=False),  # that the loader tells
        metavar=say("ФАЙЛ", "FILE"),
        help=say("настройки обмена", "the settings of the exchange"),
    )(command)


def language(command: Command) -> Command:
    """``--lang``, which was heeded before (`words`)."""
    return click.option(
        "--lang",
        type=click.Choice(["ru", "en"]),
        expose_value=False,
        help=say("язык сообщений", "language of messages"),
    )(command)


def common(command: Command) -> Command:
    """``--json``, ``-q``, ``-v`` and ``--lang``."""
    for option in (
        language,
        click.option(
            "-q", "--quiet", is_flag=True,
            help=say("только то, что задержано или отвергнуто", "only what is held or rejected"),
        ),
        click.option(
            "-v", "--verbose", is_flag=True,
            help=say("все одинаковые сообщения, а не первые двадцать", "every problem, not the first twenty of a kind"),
        ),
        click.option("--json", "as_json", is_flag=True, help=say("отчёт для программ", "a report for programs")),
    ):  # fmt: skip
        command = option(command)
    return command

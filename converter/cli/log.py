"""The lines of ``sync`` and ``watch``: an event each, as text for people or as JSON for programs."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from converter.cli.console import problem_json, problem_text
from converter.cli.log_file import LogFile
from converter.cli.showing import local
from converter.cli.state_options import utc_now
from converter.cli.usage import Number
from converter.cli.words import say
from converter.problems import Problem, Severity

FORMATS = ("text", "json")
_MEGABYTE = 1 << 20
_COUNT, _SIZE = Number(0, 1000), Number(1, 10_000)
#: what JSON may leave as it is although it acts on a terminal
_ACTING = re.compile(r"[\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")

Command = Callable[..., Any]


class Log:
    """Where the lines go: to stderr, and to a file where there is one. Safe in threads.

    ``timed``: lines of text begin with the time, except where the journal of the system adds it.
    """

    def __init__(
        self, as_json: bool = False, timed: bool = False, file: LogFile | None = None
    ) -> None:
        self.as_json = as_json
        self._stamped = timed and "JOURNAL_STREAM" not in os.environ
        self._file = file
        self._failing = False
        self._lock = threading.Lock()

    def event(self, event: str, text: str, level: str = "info", **fields: Any) -> None:
        """One event: its stable name, what it says to people, and what belongs to it."""
        now = utc_now()
        line = self._line(now, event, text, level, fields)
        with self._lock:
            self._show(now, line)
            if self._file is None:
                return
            well = self._file.write(self._dated(now, line), lambda count: self._lost(now, count))
            if not well and not self._failing:
                said = _unwritten(self._file)
                self._show(now, self._line(now, "log_failed", said, "error", {}))
            self._failing = not well

    def problem(self, problem: Problem, link: str = "", **fields: Any) -> None:
        """A problem, with its cure."""
        level = "warning" if problem.kind.severity is Severity.WARN else "error"
        known = {"link": link, **fields, **problem_json(problem)}
        self.event("problem", problem_text(problem, link), level, **known)

    def _line(
        self, now: datetime, event: str, text: str, level: str, fields: dict[str, Any]
    ) -> str:
        return _as_json(now, level, event, text, fields) if self.as_json else text

    def _lost(self, now: datetime, count: int) -> str:
        text = say(f"строк журнала потеряно: {count}", f"lines of the log lost: {count}")
        return self._dated(now, self._line(now, "log_lost", text, "error", {"count": count}))

    def _dated(self, now: datetime, line: str) -> str:
        return line if self.as_json else f"{local(now)}  {line}"

    def _show(self, now: datetime, line: str) -> None:
        try:
            click.echo(self._dated(now, line) if self._stamped else line, err=True)
        except BrokenPipeError:
            raise  # nobody listens any more
        except OSError:
            return  # stderr leads to a full disk: no reason to stop the exchange


def _unwritten(file: LogFile) -> str:
    """That a log file cannot be written, why, and what to do."""
    from converter.problems.system import reason_of

    why = reason_of(file.failure or OSError())
    return say(
        f"журнал {file.path} не пишется: {why.ru}; обмен идёт дальше\n"
        "  → проверьте папку из --log-file, права на неё и место на диске",
        f"the log {file.path} cannot be written: {why.en}; the exchange goes on\n"
        "  → check the folder of --log-file, the rights to it and the disk space",
    )


def asked_for_json(arguments: Sequence[str]) -> bool:
    """Whether ``--log-format json`` stands in the arguments of a command that could not begin."""
    text = " ".join(arguments)
    return "--log-format json" in text or "--log-format=json" in text


def format_option(command: Command) -> Command:
    """``--log-format``."""
    return click.option(
        "--log-format",
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help=say(
            "строки о ходе обмена: для людей или JSON, по событию в строке",
            "lines about the exchange: for people, or JSON with an event a line",
        ),
    )(command)


def file_options(command: Command) -> Command:
    """``--log-file`` and how it is turned over."""
    for option in (
        click.option(
            "--log-count",
            type=_COUNT,
            default=5,
            show_default=True,
            metavar=say("ЧИСЛО", "COUNT"),
            help=say("сколько прежних журналов хранить, ", "how many earlier logs are kept, ")
            + _COUNT.range,
        ),
        click.option(
            "--log-size",
            type=_SIZE,
            default=10,
            show_default=True,
            metavar=say("МБ", "MB"),
            help=say(
                "при каком размере начинать новый журнал, ", "at which size a new log begins, "
            )
            + _SIZE.range,
        ),
        click.option(
            "--log-file",
            type=click.Path(path_type=Path, readable=False),
            metavar=say("ФАЙЛ", "FILE"),
            help=say(
                "писать строки и в этот файл, с временем", "write the lines to this file too, timed"
            ),
        ),
    ):
        command = option(command)
    return command


def log_of(log_format: str, path: Path | None, size: int, count: int) -> Log:
    """The log of ``watch`` by its options; ``size`` is in megabytes."""
    file = None if path is None else LogFile(path, size * _MEGABYTE, count)
    return Log(log_format == "json", timed=True, file=file)


def _as_json(now: datetime, level: str, event: str, text: str, fields: dict[str, Any]) -> str:
    """One line of JSON; what is not known, or empty, is left out."""
    moment = now.replace(tzinfo=UTC).astimezone().isoformat(timespec="milliseconds")
    line = {"time": moment, "level": level, "event": event}
    line |= {name: value for name, value in fields.items() if value not in (None, "")}
    line["text"] = text
    plain = json.dumps(line, ensure_ascii=False)
    return _ACTING.sub(lambda found: f"\\u{ord(found[0]):04x}", plain)

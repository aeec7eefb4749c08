"""What is wrong with a call, and click's own words, in the language of the run."""

from __future__ import annotations

import errno
import os
import re
import stat
from math import inf
from pathlib import Path
from typing import Any

import click

from converter.cli.words import say
from converter.problems import Problem, Said

_NO_COMMAND = say("не названа команда", "the command is missing")
_MORE = r"(?s)Got unexpected extra arguments? \((.*)\)"


class Command(click.Command):
    """A command whose help speaks the language of the run throughout."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        formatter.write_usage(ctx.command_path, self.usage_text(ctx), _usage())

    def usage_text(self, ctx: click.Context) -> str:
        """What stands behind the command's name in a call of it."""
        pieces = self.collect_usage_pieces(ctx)
        names = {
            "[OPTIONS]": say("[ПАРАМЕТРЫ]", "[OPTIONS]"),
            "COMMAND [ARGS]...": say("КОМАНДА …", "COMMAND …"),
        }
        return " ".join(names.get(piece, piece) for piece in pieces)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_options(self, ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return in_words(super().get_help_option(ctx))


def _usage() -> str:
    return say("Вызов: ", "Usage: ")


def write_options(
    command: click.Command, ctx: click.Context, formatter: click.HelpFormatter
) -> None:
    """The options of a command under a heading of ours."""
    with formatter.section(say("Параметры", "Options")):
        formatter.write_dl(options(command, ctx))


def options(command: click.Command, ctx: click.Context) -> list[tuple[str, str]]:
    """Each option of a command as it is written, and what is said of it."""
    params = [each for each in command.get_params(ctx) if isinstance(each, click.Option)]
    return [(name, _in_words(text)) for each in params for name, text in _record(each, ctx)]


def _record(option: click.Option, ctx: click.Context) -> list[tuple[str, str]]:
    record = option.get_help_record(ctx)
    return [record] if record is not None else []


def _in_words(text: str) -> str:
    """click's own marks at the end of an option's text."""
    for mark, ru in (("[required]", "[обязательно]"), ("[default: ", "[по умолчанию: ")):
        text = text.replace(mark, say(ru, mark))
    return text


def in_words(option: click.Option | None) -> click.Option | None:
    """The option ``--help`` with a text of ours."""
    if option is not None:
        option.help = say("показать эту справку", "show this help")
    return option


class Number(click.ParamType[float]):
    """A number from ``least`` to ``most``, both included; a whole one unless one of them is not."""

    name = "number"

    def __init__(self, least: float, most: float | None = None) -> None:
        self._least = least
        self._most = most
        self._whole = isinstance(least, int) and not isinstance(most, float)

    @property
    def range(self) -> str:
        """Which numbers there may be, in words."""
        if self._most is None:
            return say(f"от {self._least}", f"{self._least} or more")
        return say(f"от {self._least} до {self._most}", f"from {self._least} to {self._most}")

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        try:
            number = int(value) if self._whole else float(value)
        except ValueError:
            number = None
        if number is None or not self._least <= number <= (self._most or inf):
            name = param.opts[0] if param is not None else ""
            kind = (
                say("целое число ", "a whole number ")
                if self._whole
                else say("число ", "a number ")
            )
            self.fail(
                say(f"для {name} нужно {kind}", f"{name} takes {kind}") + self.range, param, ctx
            )
        return number


class OneFile(click.Path):
    """A file, or ``-``; ``there``: one that must be there."""

    def __init__(self, there: bool) -> None:
        super().__init__(exists=there, dir_okay=False, allow_dash=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """Raises `OSError` where it is there and cannot be had: that is no wrong call."""
        if value == "-":
            return value
        try:
            mode = Path(value).stat().st_mode
        except (FileNotFoundError, NotADirectoryError):
            if not self.exists:
                return value
            self.fail(say(f"файла «{value}» нет", f"there is no file “{value}”"), param, ctx)
        if stat.S_ISDIR(mode):
            words = say(f"«{value}» — папка, а нужен файл", f"“{value}” is a folder, not a file")
            self.fail(words, param, ctx)
        if self.exists and not os.access(value, os.R_OK):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), value)
        return value


def explain(wrong: click.ClickException) -> str:
    """A wrong call as a sentence, with the way to the help; the help itself where nothing was asked."""
    if isinstance(wrong, click.exceptions.NoArgsIsHelpError):
        return wrong.message
    lines = [say("неверный вызов: ", "wrong usage: ") + _sentence(wrong)]
    if isinstance(wrong, click.UsageError) and wrong.ctx is not None:
        path = wrong.ctx.command_path
        lines.append(say(f"справка: {path} --help", f"help: {path} --help"))
    return "\n".join(lines)


def misused(wrong: click.ClickException) -> Problem:
    """A wrong call as a problem, for programs."""
    from converter.problems import catalogue as problems  # not for --help

    ctx = wrong.ctx if isinstance(wrong, click.UsageError) else None
    reason = _sentence(wrong)
    command = "converter" if ctx is None else ctx.command_path
    return problems.USAGE(reason=Said(reason, reason), command=command)


def _sentence(wrong: click.ClickException) -> str:
    if isinstance(wrong, click.exceptions.NoArgsIsHelpError):
        return _NO_COMMAND
    if isinstance(wrong, click.MissingParameter) and wrong.param is not None:
        name = (
            wrong.param.opts[0]
            if isinstance(wrong.param, click.Option)
            else wrong.param.make_metavar(wrong.ctx or click.Context(click.Command("")))
        )
        return say(f"не хватает: {name}", f"{name} is missing")
    if isinstance(wrong, click.NoSuchOption):
        hint = ", ".join(wrong.possibilities or ())
        near = say(f"; есть {hint}", f"; there is {hint}") if hint else ""
        return say(f"нет параметра {wrong.option_name}", f"no option {wrong.option_name}") + near
    if isinstance(wrong, click.BadOptionUsage):
        return _of_value(wrong)
    if isinstance(wrong, click.BadParameter):
        return _of_parameter(wrong)
    return _in_our_words(wrong.format_message())


def _of_value(wrong: click.BadOptionUsage) -> str:
    """An option without the value that it takes, or with one that it does not."""
    name = wrong.option_name
    if "requires" in wrong.message:
        return say(f"после {name} нужно значение", f"{name} needs a value")
    return say(f"у {name} значения не бывает", f"{name} takes no value")


def _of_parameter(wrong: click.BadParameter) -> str:
    if wrong.param is None:
        return f"{wrong.param_hint}: {wrong.message}" if wrong.param_hint else wrong.message
    if isinstance(wrong.param.type, click.Choice):
        choices = ", ".join(wrong.param.type.choices)
        name = wrong.param.opts[0]
        return say(f"для {name} есть значения: {choices}", f"{name} takes one of: {choices}")
    return wrong.message


def _in_our_words(text: str) -> str:
    """What click says of a call as a whole; a text of ours stays."""
    if text == "Missing command.":
        return _NO_COMMAND
    more = re.fullmatch(_MORE, text)
    return say(f"лишнее: {more[1]}", f"too much: {more[1]}") if more else text

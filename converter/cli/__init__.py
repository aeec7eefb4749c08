"""The command line: one module per command, loaded when it is called (SPEC §7)."""

from __future__ import annotations

import importlib
import sys
from typing import TYPE_CHECKING, Any

import click

from converter import __version__
from converter.cli.ending import INTERRUPTED, READER_GONE, ReaderGone, give_output, hush, while_read
from converter.cli.usage import Command, explain, misused, write_options
from converter.cli.words import say
from converter.envelope import heap
from converter.problems import Problem, Severity, Stopped

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

_COMMANDS = {
    "init": say("создать exchange.toml, папки и образец", "make exchange.toml, folders, a sample"),
    "sync": say("один проход обмена по всем связкам", "one pass of the exchange over every link"),
    "watch": say(
        "обмениваться при каждом изменении папок", "exchange on every change of the folders"
    ),
    "status": say("счётчики, что ждёт, что задержано", "counters, what waits, what is held"),
    "invoices": say("счета: что оплачено и отгружено", "invoices: what is paid and shipped"),
    "report": say("страница обо всём, одним файлом", "a page about everything, in one file"),
    "link": say(
        "привязать операцию без счёта к счёту", "tie an operation without an invoice to one"
    ),
    "unlink": say("снять привязку", "undo such a tie"),
    "journal": say("что происходило, новое сверху", "what happened, newest first"),
    "retry": say("попробовать задержанное снова", "try again what is held"),
    "doctor": say("проверить и починить обмен", "check the exchange and mend it"),
    "problem": say("что значит ошибка и что делать", "what a problem means and what to do"),
    "convert": say(
        "перевести сообщение для БП или для CRM", "convert a message for BP or for the CRM"
    ),
    "validate": say(
        "проверить файлы: что, где и почему не так", "check files: what is wrong, where, why"
    ),
    "inspect": say("показать, что в сообщении", "show what is in a message"),
    "completion": say("дополнение команд для оболочки", "shell completion"),
}


class _Group(Command, click.Group):
    """Commands by name; their modules are imported only when they run."""

    def make_context(self, *args: Any, **extra: Any) -> click.Context:
        with while_read():  # what `--help` and `--version` show
            return super().make_context(*args, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        with while_read():
            return super().invoke(ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in _COMMANDS:
            names = ", ".join(_COMMANDS)
            raise click.UsageError(
                say(
                    f"нет команды {cmd_name}; есть {names}",
                    f"no command {cmd_name}; there are {names}",
                ),
                ctx,
            )
        module = importlib.import_module(f"converter.cli.{cmd_name}")
        heap.look_as_usual()
        command: click.Command = module.command
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Names and their one-line helps, out of the table: no command is imported for them."""
        from click.shell_completion import CompletionItem

        found = [
            CompletionItem(name, help=text)
            for name, text in _COMMANDS.items()
            if name.startswith(incomplete)
        ]
        return found + click.Command.shell_complete(self, ctx, incomplete)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        write_options(self, ctx, formatter)
        self.format_commands(ctx, formatter)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(say("Команды", "Commands")):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(
    cls=_Group,
    name="converter",
    context_settings={"help_option_names": ["-h", "--help"]},
    help=say(
        "Переводит сообщения обмена между CRM и 1С:Бухгалтерией 3.0.\n\n\b\n"
        "Пример: converter convert счета.xml --to bp -o для-бухгалтерии.xml",
        "Converts exchange messages between a CRM and 1C:Бухгалтерия 3.0.\n\n\b\n"
        "Example: converter convert invoices.xml --to bp -o for-bp.xml",
    ),
    epilog=say(
        "Код возврата: 0 — сделано, 1 — что-то отвергнуто или задержано, 2 — неверный вызов,"
        " 3 — подвели диск или папка.",
        "Exit status: 0 done, 1 something was rejected or held, 2 wrong usage,"
        " 3 the disk or a folder failed.",
    ),
)
@click.version_option(
    __version__, prog_name="converter", help=say("показать версию", "show the version")
)
@click.option(
    "--lang", type=click.Choice(["ru", "en"]), help=say("язык сообщений", "language of messages")
)
def root(lang: str | None) -> None:
    """Everything happens in the commands; the language was chosen before (`words`)."""


def main() -> None:
    """The entry point: no traceback reaches a user from a broken pipe, a full disk or Ctrl+C."""
    give_output()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8" if not stream.isatty() else None, errors="replace")
    try:
        with while_read():
            status = _status()
    except ReaderGone:
        hush()
        status = READER_GONE
    finally:
        heap.look_no_more()
    sys.exit(status)


def _status() -> int:
    """Run the command that was called; how it ended."""
    try:
        with while_read():
            status = root.main(prog_name="converter", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except Stopped as stopped:
        _tell(stopped.problem)
        return _status_of(stopped.problem)
    except click.ClickException as wrong:
        problem = misused(wrong)
        _tell(problem, explain(wrong))
        return _status_of(problem)
    except (click.Abort, KeyboardInterrupt):
        click.echo(say("прервано", "interrupted"), err=True)
        return INTERRUPTED
    except OSError as failure:
        problem = _refused(failure)
        _tell(problem)
        return _status_of(problem)


def _refused(failure: OSError) -> Problem:
    """An error of disk or folder that nobody has told better."""
    from converter.problems import catalogue as problems  # not for --help
    from converter.problems.system import reason_of

    problem = problems.SYSTEM_FAILED(reason=reason_of(failure))
    return problem.at(file="" if failure.filename is None else str(failure.filename))


def _tell(problem: Problem, text: str = "") -> None:
    """What stops a command: in words, or as JSON where that was asked for (SPEC §7)."""
    from converter.cli.console import print_json, problem_json
    from converter.cli.log import Log, asked_for_json

    if "--json" in sys.argv[1:]:
        print_json({"error": problem_json(problem)})
    elif text and not asked_for_json(sys.argv[1:]):
        click.echo(text, err=True)
    else:
        Log(asked_for_json(sys.argv[1:])).problem(problem)


def _status_of(problem: Problem) -> int:
    return 2 if problem.kind.severity in (Severity.USAGE, Severity.SETTINGS) else 3

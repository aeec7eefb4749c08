"""``converter init``: a first exchange.toml, the folders it names, and a message to try with."""

from __future__ import annotations

from importlib.resources import files as resources
from pathlib import Path

import click

from converter.cli.console import print_json
from converter.cli.options import common
from converter.cli.usage import Command
from converter.cli.words import say
from converter.problems import Stopped
from converter.problems import catalogue as problems
from converter.settings.template import template

SETTINGS = "exchange.toml"
SAMPLE = "exchange/sample/Message_CRM_BP.xml"
_SIDES = ("exchange/crm", "exchange/bp")
_INSIDE = ("archive", "rejected")


@click.command(
    "init",
    cls=Command,
    help=say(
        "Готовит обмен через папки: пишет exchange.toml с пояснениями, создаёт папки и образец"
        " сообщения. Ничего не переписывает.\n\n"
        "\b\nПример: converter init обмен",
        "Prepares an exchange through folders: writes exchange.toml with comments, makes the"
        " folders and a sample message. Overwrites nothing.\n\n"
        "\b\nExample: converter init exchange-with-bp",
    ),
)
@click.argument(
    "folder", metavar=say("[ПАПКА]", "[DIR]"), default=".", type=click.Path(readable=False)
)
@common
def command(folder: str, as_json: bool, quiet: bool, verbose: bool) -> None:
    target = Path(folder)
    settings = target / SETTINGS
    if target.exists() and not target.is_dir():
        raise click.UsageError(say(f"«{target}» — не папка", f"“{target}” is not a folder"))
    if settings.exists() or settings.is_symlink():
        raise _taken(settings)
    _make(target)
    if as_json:
        folders = [str(target / side) for side in _SIDES]
        print_json({"settings": str(settings), "folders": folders, "sample": str(target / SAMPLE)})
    elif not quiet:
        for line in _words(target):
            click.echo(line, err=True)


def _make(target: Path) -> None:
    """Everything; the settings come last, so that after a failure the command can be repeated."""
    for side in _SIDES:
        for name in _INSIDE:
            (target / side / name).mkdir(parents=True, exist_ok=True)
    (target / SAMPLE).parent.mkdir(parents=True, exist_ok=True)
    sample = resources("converter.settings").joinpath("sample.xml").read_text(encoding="utf-8")
    _write(target / SAMPLE, sample)
    if not _write(target / SETTINGS, template(say("ru", "en"))):
        raise _taken(target / SETTINGS)


def _write(path: Path, text: str) -> bool:
    """Write a file that is not there yet; whether it was so. A failure leaves no half of it."""
    try:
        file = path.open("x", encoding="utf-8", newline="\n")
    except FileExistsError:
        return False
    try:
        with file:
            file.write(text)
    except OSError:
        path.unlink(missing_ok=True)
        raise
    return True


def _taken(settings: Path) -> Stopped:
    return Stopped(problems.SETTINGS_THERE(file=settings))


def _words(target: Path) -> list[str]:
    """What is there now, and what to do next."""
    settings, sample, crm, bp = (target / name for name in (SETTINGS, SAMPLE, *_SIDES))
    option = "" if target == Path() else f" -c {_quoted(settings)}"
    return [
        say(
            f"готово: настройки {settings}, папки {crm} и {bp}, образец {sample}",
            f"ready: settings {settings}, folders {crm} and {bp}, sample {sample}",
        ),
        say(
            "1. сверьте в настройках коды узлов и папки с тем, что задано в CRM и в БП",
            "1. compare node codes and folders in the settings with those in the CRM and in BP",
        ),
        say(f"2. проверьте: converter doctor{option}", f"2. check: converter doctor{option}"),
        say(
            f"3. для пробы скопируйте образец в {crm}; один проход: converter sync{option}",
            f"3. to try, copy the sample into {crm}; one pass: converter sync{option}",
        ),
        say(
            f"4. постоянный обмен: converter watch{option}",
            f"4. for good: converter watch{option}",
        ),
    ]


def _quoted(path: Path) -> str:
    text = str(path)
    return f'"{text}"' if " " in text else text

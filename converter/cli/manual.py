"""Manual pages (man) of the commands, made of the same words as their help."""

from __future__ import annotations

import re
from collections.abc import Iterator

import click

from converter import __version__
from converter.cli.usage import Command, options
from converter.cli.words import say

#: between paragraphs of a help; one whose lines stay as they are begins with a mark of click's
_BETWEEN = re.compile(r"\n+(?=\x08\n)|\n\n")
_FIXED = "\b\n"


def pages(root: click.Group) -> Iterator[tuple[str, str]]:
    """The name and the text of every page: of the program, then of each command."""
    ctx = click.Context(root, info_name=root.name, **root.context_settings)
    names = root.list_commands(ctx)
    yield f"{root.name}.1", _page(root, ctx, ctx.command_path, names)
    for name in names:
        command = root.get_command(ctx, name)
        assert command is not None
        inner = click.Context(command, ctx, info_name=name)
        yield f"{root.name}-{name}.1", _page(command, inner, name, names)


def _page(command: click.Command, ctx: click.Context, name: str, names: list[str]) -> str:
    assert isinstance(command, Command)
    told, examples = _help(command)
    of_root = isinstance(command, click.Group)
    title = ctx.command_path.replace(" ", "-")
    manual = say("Команды", "User Commands")
    lines = [
        f'.TH {_text(title.upper())} 1 "" "converter {__version__}" "{manual}"',
        f".SH {say('ИМЯ', 'NAME')}",
        rf"{_text(title)} \- {_text(_brief(command, ctx, told))}",
        f".SH {say('ВЫЗОВ', 'SYNOPSIS')}",
        f".B {_text(ctx.command_path)}",
        _line(command.usage_text(ctx)),
        f".SH {say('ОПИСАНИЕ', 'DESCRIPTION')}",
        *_paragraphs(told),
    ]
    if isinstance(command, click.Group):
        lines.append(f".SH {say('КОМАНДЫ', 'COMMANDS')}")
        for each, text in _briefs(command, ctx):
            lines += [".TP", f".B {_text(each)}", _line(text)]
    lines.append(f".SH {say('ПАРАМЕТРЫ', 'OPTIONS')}")
    for each, text in options(command, ctx):
        lines += [".TP", f".B {_text(each)}", _line(text)]
    if examples:
        lines += [f".SH {say('ПРИМЕРЫ', 'EXAMPLES')}", ".EX", *map(_line, examples), ".EE"]
    if of_root:
        lines += [f".SH {say('КОД ВОЗВРАТА', 'EXIT STATUS')}", _line(_after_colon(command))]
    others = [_text(f"converter-{each}") for each in names if each != name]
    also = others if of_root else [_text("converter")]
    lines += [f".SH {say('СМ. ТАКЖЕ', 'SEE ALSO')}"]
    lines += [f".BR {each} (1)," for each in also[:-1]] + [f".BR {also[-1]} (1)"]
    return "\n".join(lines) + "\n"


def _brief(command: click.Command, ctx: click.Context, told: list[str]) -> str:
    """One line on a command: as the list of commands has it, or the beginning of its help."""
    parent = ctx.parent
    if parent is None:
        return f"{told[0][0].lower()}{told[0][1:].rstrip('.')}"
    assert isinstance(parent.command, click.Group)
    return dict(_briefs(parent.command, parent))[command.name or ""]


def _briefs(group: click.Group, ctx: click.Context) -> list[tuple[str, str]]:
    return [
        (item.value, item.help or "")
        for item in group.shell_complete(ctx, "")
        if not item.value.startswith("-")
    ]


def _help(command: click.Command) -> tuple[list[str], list[str]]:
    """The paragraphs of a command's help, and the lines of its examples."""
    told: list[str] = []
    examples: list[str] = []
    for paragraph in _BETWEEN.split(command.help or ""):
        if paragraph.startswith(_FIXED):
            examples += _example(paragraph.removeprefix(_FIXED))
        else:
            told.append(" ".join(paragraph.splitlines()))
    return told, examples


def _example(text: str) -> list[str]:
    """Commands, behind a remark that says what they are for where the help says more than that
    they are an example."""
    remark, colon, commands = text.partition(":")
    lines = [line.strip() for line in commands.splitlines() if line.strip()]
    assert colon, text
    return lines if remark in ("Пример", "Example") else [f"# {remark}:", *lines]


def _after_colon(command: click.Command) -> str:
    return (command.epilog or "").partition(": ")[2]


def _paragraphs(texts: list[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        if number:
            yield ".PP"
        yield _line(text)


def _line(text: str) -> str:
    """Text at the beginning of a line, where a point or a quote would be a request."""
    plain = _text(text)
    return rf"\&{plain}" if plain.startswith((".", "'")) else plain


def _text(text: str) -> str:
    """Text in which nothing is a request; hyphens stay what can be typed."""
    return text.replace("\\", r"\e").replace("-", r"\-")

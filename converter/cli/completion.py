"""``converter completion``: the script with which a shell completes the converter's commands."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from converter.cli.options import language
from converter.cli.usage import Command
from converter.cli.words import say

SHELLS = ("bash", "zsh", "fish", "powershell")
PROGRAM = "converter"
#: by this variable the script asks the program, which answers before any command is run
VARIABLE = "_CONVERTER_COMPLETE"


@click.command(
    "completion",
    cls=Command,
    help=say(
        "Печатает скрипт, с которым оболочка дополняет команды и параметры по Tab.\n\n"
        "\b\nПример для bash, строка в ~/.bashrc:\n"
        '  eval "$(converter completion bash)"\n'
        "\b\nzsh, строка в ~/.zshrc:\n"
        '  eval "$(converter completion zsh)"\n'
        "\b\nfish:\n"
        "  converter completion fish > ~/.config/fish/completions/converter.fish\n"
        "\b\nPowerShell, строка в $PROFILE:\n"
        "  converter completion powershell | Out-String | Invoke-Expression",
        "Prints the script with which a shell completes commands and options on Tab.\n\n"
        "\b\nExample for bash, a line in ~/.bashrc:\n"
        '  eval "$(converter completion bash)"\n'
        "\b\nzsh, a line in ~/.zshrc:\n"
        '  eval "$(converter completion zsh)"\n'
        "\b\nfish:\n"
        "  converter completion fish > ~/.config/fish/completions/converter.fish\n"
        "\b\nPowerShell, a line in $PROFILE:\n"
        "  converter completion powershell | Out-String | Invoke-Expression",
    ),
)
@language
@click.argument("shell", type=click.Choice(SHELLS), metavar="|".join(SHELLS))
def command(shell: str) -> None:
    click.echo(script(shell))


def script(shell: str) -> str:
    """The script of one of `SHELLS`."""
    found = get_completion_class(shell)
    assert found is not None, "click has all of SHELLS"
    made = found(click.Command(PROGRAM), {}, PROGRAM, VARIABLE)
    # not .source(): for bash that runs one, which need not be on this machine
    return made.source_template % made.source_vars()

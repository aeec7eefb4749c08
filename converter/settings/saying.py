"""How a key of exchange.toml is described, and the types that keys of several tables share."""

from __future__ import annotations

from typing import Annotated, Literal, NamedTuple

from msgspec import Meta

Text = Annotated[str, Meta(pattern=r"\S")]
Variable = Annotated[str, Meta(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
Command = Annotated[tuple[Text, ...], Meta(min_length=1)]
#: a number and its unit; `converter.settings.durations` reads it
Duration = Annotated[str, Meta(pattern=r"^[1-9][0-9]{0,3}[smhd]$")]
#: on which days of the week time counts
Days = Literal["all", "mon-fri", "mon-sat"]


class Says(NamedTuple):
    """The words of a key. ``needed`` says what its value must be, where the type does not say all;
    ``example`` is a right value, where there is no default."""

    ru: str
    en: str
    example: str | int | tuple[str, ...] = ""
    needed: tuple[str, str] | None = None


VARIABLE_NEEDED = (
    "имя переменной окружения (латиница, цифры, «_»), а не сам пароль",
    "the name of an environment variable (Latin letters, digits, “_”), not the password itself",
)
COMMAND_NEEDED = (
    "список текстов в кавычках: программа и её аргументы",
    "a list of texts in quotes: the program and its arguments",
)
DURATION_NEEDED = (
    "время: целое число и s, m, h или d (секунды, минуты, часы, сутки)",
    "a time: a whole number and s, m, h or d (seconds, minutes, hours, days)",
)


def secret_file(ru: str, en: str, example: str) -> Says:
    """The words of a key that names the file of a secret."""
    return Says(
        f"Файл, в первой строке которого лежит {ru}. Чужим он не должен быть доступен: chmod 600.",
        f"The file whose first line is {en}. Nobody else may be able to read it: chmod 600.",
        example,
    )


def secret_command(ru: str, en: str, example: tuple[str, ...]) -> Says:
    """The words of a key that names the command for a secret."""
    return Says(
        f"Команда, которая первой строкой печатает {ru}: программа и её аргументы, без оболочки.",
        f"The command whose first line of output is {en}: program and arguments, no shell.",
        example,
        COMMAND_NEEDED,
    )

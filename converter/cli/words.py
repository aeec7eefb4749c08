"""The words of the command line in both languages; problems have their own (the catalogue)."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from converter.problems.plurals import form

if TYPE_CHECKING:
    from converter.problems import Said

_RUSSIAN_WINDOWS = 0x19


def chosen_language(arguments: Sequence[str], environment: Mapping[str, str]) -> str:
    """``ru`` or ``en``: what ``--lang`` says, else what the user's locale says."""
    for index, argument in enumerate(arguments):
        name, _, value = argument.partition("=")
        if name == "--lang":
            given = value or (arguments[index + 1] if index + 1 < len(arguments) else "")
            if given in ("ru", "en"):
                return given
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        locale = environment.get(name)
        if locale:
            return "ru" if locale.lower().startswith("ru") else "en"
    return "ru" if _windows_is_russian() else "en"


def _windows_is_russian() -> bool:
    if sys.platform != "win32":
        return False
    import ctypes

    return bool(ctypes.windll.kernel32.GetUserDefaultUILanguage() & 0x3FF == _RUSSIAN_WINDOWS)


LANG = chosen_language(sys.argv[1:], os.environ)


def say(ru: str, en: str) -> str:
    """The text in the language of this run."""
    return ru if LANG == "ru" else en


def word(words: Mapping[str, Said], name: str) -> str:
    """The word for a stable name; the name itself where there is none."""
    return say(*words[name]) if name in words else name


def counted(count: int, ru: tuple[str, str, str], en: tuple[str, str]) -> str:
    """A number with its noun; ``ru`` are the forms after 1, 2 and 5, ``en`` those after 1 and 2."""
    return f"{count} {form(LANG, count, ru, en)}"

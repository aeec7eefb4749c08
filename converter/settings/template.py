"""The exchange.toml that ``converter init`` writes: every key with its words, in one language."""

from __future__ import annotations

from textwrap import wrap

from msgspec import Struct

from converter.problems import Said
from converter.settings.keys import Key, keys_of
from converter.settings.model import Settings

_TOP = Said(
    "Настройки обмена между CRM и 1С:Бухгалтерией. Пути считаются от папки этого файла."
    " Путь Windows берите в одинарные кавычки: 'D:\\Обмен\\bp'. Закомментированный ключ показывает"
    " значение по умолчанию или пример; чтобы изменить, уберите «#». Проверить: converter doctor.",
    "Settings of the exchange between a CRM and 1C:Бухгалтерия (BP). Paths are relative to this"
    " file's folder. Put a Windows path in single quotes: 'D:\\Exchange\\bp'. A key that is commented"
    " out shows its default or an example; to change it, take the “#” away. To check: converter doctor.",
)
_WIDTH = 96


def template(lang: str) -> str:
    """The text of a settings file that `load` takes; the words are in ``ru`` or ``en``."""
    lines = [*_comment(_TOP, lang), "", *_table(Settings, "", lang)]
    return "\n".join(lines).rstrip() + "\n"


def _table(struct: type[Struct], header: str, lang: str, out: bool = False) -> list[str]:
    """``out``: the whole table is shown as it would be."""
    keys = keys_of(struct).values()
    lines = []
    for key in keys:
        if key.table is None:
            lines += [*_comment(key.says, lang), _line(key, out), ""]
    for key in keys:
        if key.table is not None:
            name = f"{header}.{key.name}" if header else key.name
            gone = out or key.absent
            lines += _comment(key.says, lang)
            lines += [("# " if gone else "") + (f"[[{name}]]" if key.many else f"[{name}]"), ""]
            lines += _table(key.table, name, lang, gone)
    return lines


def _line(key: Key, out: bool) -> str:
    """What has no default must stand there; the rest is shown as it would be."""
    return key.example if key.required and not out else f"# {key.example}"


def _comment(words: Said, lang: str) -> list[str]:
    text = words.ru if lang == "ru" else words.en
    return [f"# {line}" for line in wrap(text, _WIDTH, break_on_hyphens=False)]

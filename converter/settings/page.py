"""``python -m converter.settings.page`` prints docs/settings.md, made from the keys."""

from __future__ import annotations

import sys

from converter.settings.alerting import Alerts, Heartbeat, Mail, Webhook
from converter.settings.keys import Key, keys_of, toml
from converter.settings.model import Bp, Crm, Link, Login, Settings

_TABLES = (
    ("At the top of the file", Settings),
    ("`[[link]]`", Link),
    ("`[link.crm]`", Crm),
    ("`[link.bp]`", Bp),
    ("`[link.crm.login]` and `[link.bp.login]`", Login),
    ("`[alerts]`", Alerts),
    ("`[alerts.mail]`", Mail),
    ("`[alerts.webhook]`", Webhook),
    ("`[alerts.heartbeat]`", Heartbeat),
)

_TOP = """\
# exchange.toml

Made from `converter/settings/`; change that. `converter init` writes such a file with comments; \
`converter doctor` checks it. Editors that know JSON Schema take \
[schemas/settings.json](../schemas/settings.json).

The smallest file that works:

```toml
{smallest}
```

- Relative paths are relative to the folder of the file. Относительные пути считаются от папки файла.
- A Windows path stands in single quotes, `'D:\\Exchange\\bp'`, or with `/`: in double quotes a \
backslash begins a special character. Путь Windows берут в одинарные кавычки.
- The file is UTF-8, with a byte order mark or without. Кодировка UTF-8.
- A password never stands here. `password_env` names an environment variable that holds it, \
`password_file` a file, `password_command` a program that prints it; one of the three \
([running.md](running.md#passwords-of-zip-archives)). The same three with `state_` before them are \
for the state's server ([hosts.md](hosts.md)), whose driver also looks in its own places (`.pgpass`, \
`PGPASSWORD`). The same goes for the secrets of [alerts](alerts.md). Пароль здесь не пишут.
- `folder` may be an address: `"sftp://converter@files.example.org/exchange/bp"`. What follows from \
that stands in [folders.md](folders.md). Папка может лежать на сервере.
- Every base has a folder of its own. None lies in another's `archive/` or `rejected/` or in a \
link's `archive`; that too is one link's alone. У каждой базы своя папка, у каждой связки свой архив.
- Names, codes and folders that differ only in case, or in Cyrillic and Latin letters that look \
alike, count as the same. Похожие русские и латинские буквы считаются одинаковыми.
- What is wrong is named with its file, line and key, and the exit status is 2: \
[problems.md](problems.md).
"""


def page() -> str:
    """The page of all keys: type, default, meaning in English and Russian."""
    lines = [_TOP.replace("{smallest}", "\n".join(_smallest()))]
    for heading, struct in _TABLES:
        lines += [f"## {heading}", "", "| key | type | default | meaning |"]
        lines += ["| --- | --- | --- | --- |"]
        lines += [_row(key) for key in keys_of(struct).values()]
        lines.append("")
    return "\n".join(lines)


def _smallest() -> list[str]:
    lines = ["[[link]]"]
    for header, struct in (("", Link), ("[link.crm]", Crm), ("[link.bp]", Bp)):
        lines += ["", header] if header else []
        keys = keys_of(struct).values()
        lines += [key.example for key in keys if key.required and key.table is None]
    return lines


def _row(key: Key) -> str:
    default = "required" if key.required else _code(key.default)
    meaning = f"{key.says.en}<br>{key.says.ru}"
    return f"| `{key.name}` | {_type(key)} | {default} | {meaning} |"


def _type(key: Key) -> str:
    words = key.kind.en
    return words.replace(", ", " or ").replace('"', "`") if '"' in words else words


def _code(default: object) -> str:
    return "" if default is None else f"`{toml(default)}`"


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(page())

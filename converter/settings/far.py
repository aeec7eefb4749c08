"""Folders on servers in exchange.toml: the address, and where the working folder lies here."""

from __future__ import annotations

import re
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import make_url

from converter.far.address import EXAMPLE, BadAddress, address, is_address
from converter.problems import Said
from converter.problems import catalogue as say
from converter.settings.checking import wrong_value
from converter.settings.keys import keys_of, toml
from converter.settings.model import Bp, Crm
from converter.settings.reading import Source

#: where working folders lie, beside the state
WORK = "work"
_SIDES = {"crm": Crm, "bp": Bp}


def laid_out(
    source: Source, index: int, link: dict[str, Any], state: str, folder: Path
) -> dict[str, Any]:
    """The tables of a link's sides, ``folder`` a path in each: with an address, the working folder.

    Raises `Stopped`: SETTING_TYPE for an address that is none, SETTING_PASSWORD for a password in
    one.
    """
    sides = {side: dict(link[side]) for side in _SIDES}
    for side, table in sides.items():
        text = table["folder"]
        if not is_address(text):
            continue
        place = ("link", index, side, "folder")
        try:
            found = address(text)
        except BadAddress as bad:
            if bad.password:
                raise source.stop(say.SETTING_PASSWORD(hint=_HINT), place) from None
            key, example = keys_of(_SIDES[side])["folder"], f"folder = {toml(EXAMPLE)}"
            raise source.stop(wrong_value(key, text, bad.needed, example), place) from None
        table["far"] = msgspec.to_builtins(found)
        table["folder"] = table.get("work") or str(_beside(state, folder) / _plain(link) / side)
    return sides


_HINT = Said(
    'положите в файл или переменную и назовите под login: password_env = "SERVER_PASSWORD"',
    'put it in a file or a variable and name that under login: password_env = "SERVER_PASSWORD"',
)


def _beside(state: str, folder: Path) -> Path:
    """The folder of working folders: beside a state that is a file, else beside the settings."""
    url = make_url(state)
    if url.get_backend_name() == "sqlite" and url.database:
        folder = Path(url.database).parent
    return folder / WORK


def _plain(link: dict[str, Any]) -> str:
    """The name of a link as that of a folder; where letters had to go, made another by a hash."""
    name: str = link["name"]
    short = re.sub(r"[^\w-]+", "_", name)[:40]
    return short if short == name else f"{short}-{sha256(name.encode()).hexdigest()[:8]}"

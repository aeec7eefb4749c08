"""exchange.toml as typed values, or a `Stopped` that says which line to mend (SPEC §8)."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import msgspec

from converter.formats import enterprise_data
from converter.problems import Said
from converter.problems import catalogue as say
from converter.settings.alert_checks import check_alerts
from converter.settings.checking import check, wrong_value
from converter.settings.clashes import check_clashes
from converter.settings.far import laid_out
from converter.settings.keys import keys_of, toml
from converter.settings.lines import Place
from converter.settings.model import Bp, Crm, Settings
from converter.settings.reading import Source, read
from converter.settings.state_url import absolute, has_password


def load(path: Path) -> Settings:
    """The settings in a file; relative paths are relative to its folder.

    Raises `Stopped`, each time with the file and, where there is one, the line and the key:
    SETTINGS_MISSING, SETTINGS_UNREADABLE, SETTINGS_TOML, SETTINGS_BACKSLASH, SETTING_UNKNOWN,
    SETTING_TYPE, SETTING_MISSING, SETTING_CLASH, SETTING_PASSWORD.
    """
    source = read(path)
    check(source)
    folder = path.absolute().parent

    def laid(kind: type, value: str | os.PathLike[str]) -> Path:
        return folder / value

    table: dict[str, Any] = {**source.table, "path": path.absolute()}
    table["state"] = _state(source, folder)
    table["link"] = [
        {**link, **laid_out(source, index, link, table["state"], folder)}
        for index, link in enumerate(source.table["link"])
    ]
    settings = msgspec.convert(table, Settings, dec_hook=laid)
    for index, link in enumerate(settings.link):
        _check_version(source, link.bp.version, ("link", index, "bp", "version"))
        _check_format(source, index, link.crm)
        _check_version(source, link.crm.version, ("link", index, "crm", "version"))
    check_clashes(source, settings)
    if settings.alerts is not None:
        check_alerts(source, settings.alerts)
    return settings


def _state(source: Source, folder: Path) -> str:
    key = keys_of(Settings)["state"]
    url: str = source.table.get("state", key.default)
    if has_password(url):
        hint = Said(
            "назовите, где он лежит: state_password_env, state_password_file или"
            " state_password_command; или драйвер возьмёт его из своего файла (.pgpass) или"
            " переменной (PGPASSWORD)",
            "say where it lies: state_password_env, state_password_file or state_password_command;"
            " or let the driver take it from its own file (.pgpass) or variable (PGPASSWORD)",
        )
        raise source.stop(say.SETTING_PASSWORD(hint=hint), ("state",))
    found = absolute(url, folder)
    if found is None:
        raise source.stop(wrong_value(key, url, key.needed, key.example), ("state",))
    return found


def _check_format(source: Source, index: int, crm: Crm) -> None:
    """What tells of EnterpriseData would be of no effect without it, and may be meant for BP; a
    default that was written out changes nothing."""
    if crm.format == "enterprisedata":
        return
    for name in ("version", "invoice"):
        if getattr(crm, name) != keys_of(Crm)[name].default:
            enterprise = 'format = "enterprisedata"'
            hint = Said(
                f"для CRM на EnterpriseData допишите {enterprise}",
                f"for a CRM that speaks EnterpriseData add {enterprise}",
            )
            if name == "version":
                hint = Said(
                    f"версия БП стоит под [link.bp]; {hint.ru}",
                    f"BP's version stands under [link.bp]; {hint.en}",
                )
            raise source.stop(
                say.SETTING_UNKNOWN(key=name, hint=hint), ("link", index, "crm", name)
            )


def _check_version(source: Source, version: str, place: Place) -> None:
    versions = enterprise_data().versions
    of_bp = "bp" in place
    if version in versions or (of_bp and version == "auto"):
        return
    listed = ", ".join(versions)
    needed = Said(f"версия {listed}", f"one of {listed}")
    if of_bp:
        needed = Said(f'"auto" или {needed.ru}', f'"auto" or {needed.en}')
    near = _nearest(version, ("auto", *versions) if of_bp else versions)
    key = keys_of(Bp if of_bp else Crm)["version"]
    raise source.stop(wrong_value(key, version, needed, f"version = {toml(near)}"), place)


def _nearest(version: str, words: tuple[str, ...]) -> str:
    """The version that is nearest by number, else by spelling, else the highest."""
    versions = tuple(word for word in words if word != "auto")
    number = re.search(r"\b1[.,]([0-9]{1,3})(?![0-9])", version)
    if number:
        return min(versions, key=lambda each: abs(int(each.partition(".")[2]) - int(number[1])))
    near = get_close_matches(version.casefold(), words, n=1)
    return near[0] if near else versions[-1]

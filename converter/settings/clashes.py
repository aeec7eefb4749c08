"""What two keys of exchange.toml must not have in common: folders, names, codes (SPEC §6, §8)."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Iterator
from pathlib import Path, PurePath
from typing import NamedTuple

from msgspec import Struct

from converter.far.address import Address
from converter.folder.names import is_message, written_name
from converter.problems import Said
from converter.problems import catalogue as say
from converter.settings.lines import Place
from converter.settings.model import Link, Settings
from converter.settings.reading import Source, spelt

#: Cyrillic letters, and the Latin ones that look like them, as capitals
_ALIKE = str.maketrans("АВЕЁЗІЈКМНОРСТУХЅ", "ABEE3IJKMHOPCTYXS")
_ARCHIVE = "archive"
_INSIDE = (_ARCHIVE, "rejected")
_PLACES = ("_env", "_file", "_command")


class _Folder(NamedTuple):
    """A folder that the settings name, as every system and every way of writing it has it."""

    place: Place
    real: PurePath
    archive: bool


def check_clashes(source: Source, settings: Settings) -> None:
    """Raise `Stopped` (SETTING_CLASH) where links or their sides would take each other's files, or
    a password has two places."""
    links = settings.link
    _passwords(source, settings)
    _names(source, links)
    _codes(source, links)
    _folders(source, list(_named(links)))


def _passwords(source: Source, settings: Settings) -> None:
    one_place(source, settings, "state_password", ())
    for index, link in enumerate(settings.link):
        for side in ("crm", "bp"):
            base = link.of(side)
            one_place(source, base, "password", ("link", index, side))
            one_place(source, base.login, "password", ("link", index, side, "login"))


def one_place(source: Source, table: Struct, name: str, place: Place) -> str | None:
    """The key of a table that says where its password or other secret lies: one of three at most.

    ``name`` is how these keys begin. Raises `Stopped` (SETTING_CLASH).
    """
    keys = [name + each for each in _PLACES if getattr(table, name + each) is not None]
    if len(keys) > 1:
        reason = Said("у пароля два места, нужно одно", "the password has two places")
        _stop(source, (*place, keys[1]), (*place, keys[0]), reason)
    return keys[0] if keys else None


def _names(source: Source, links: tuple[Link, ...]) -> None:
    seen: dict[str, Place] = {}
    for index, link in enumerate(links):
        place: Place = ("link", index, "name")
        look = _look(link.name)
        if look in seen:
            taken = {_same(each.name) for each in links[:index]}
            same = Said("такое имя связки уже есть", "another link has this name")
            alike = Said(
                "имя связки на вид такое же, как у другой: русские и латинские буквы похожи",
                "another link's name looks the same: Cyrillic letters are like Latin ones",
            )
            _stop(source, place, seen[look], same if _same(link.name) in taken else alike)
        seen[look] = place


def _codes(source: Source, links: tuple[Link, ...]) -> None:
    """The file that a base writes and the one that it reads must have different names."""
    for index, link in enumerate(links):
        crm, bp = link.crm.code, link.bp.code
        if _look(f"{crm}_{bp}") == _look(f"{bp}_{crm}") or _mistaken(crm, bp):
            reason = Said(
                "с такими кодами узлов файлы обеих сторон назывались бы одинаково или одинаково"
                " на вид: регистр не различается, русские буквы похожи на латинские или"
                " пишутся ими",
                "with these node codes the files of both sides would have one name or look so:"
                " case makes no difference, Cyrillic letters are like Latin ones or written so",
            )
            _stop(source, ("link", index, "bp", "code"), ("link", index, "crm", "code"), reason)


def _mistaken(crm: str, bp: str) -> bool:
    """Whether what one base writes would be taken for what the other writes."""
    for ours, theirs in ((crm, bp), (bp, crm)):
        for transliterate in (False, True):
            name = written_name(ours, theirs, ".xml", transliterate)
            if is_message(name, [theirs], [ours]):
                return True
    return False


def _named(links: tuple[Link, ...]) -> Iterator[_Folder]:
    for index, link in enumerate(links):
        for side in ("crm", "bp"):
            base = link.of(side)
            place: Place = ("link", index, side, "folder")
            if base.far is not None:
                yield _Folder(place, _there(base.far), False)
                place = (*place[:3], "work") if base.work is not None else place
            yield _Folder(place, _real(base.folder), False)
        if link.archive is not None:
            place = ("link", index, "archive")
            yield _Folder(place, _real(link.archive), True)


def _folders(source: Source, folders: list[_Folder]) -> None:
    taken: dict[PurePath, _Folder] = {}
    looks: dict[str, _Folder] = {}
    for folder in folders:
        if (earlier := taken.setdefault(folder.real, folder)) is not folder:
            reason = Said("эта папка уже занята", "this folder is taken")
            _stop(source, folder.place, earlier.place, reason)
        if (earlier := looks.setdefault(_look(str(folder.real)), folder)) is not folder:
            reason = Said(
                "папка на вид такая же, как другая: русские и латинские буквы похожи",
                "the folder looks the same as another: Cyrillic letters are like Latin ones",
            )
            _stop(source, folder.place, earlier.place, reason)
    for inner, outer in _within(folders):
        reason = Said(
            "папка лежит там, куда складываются копии и отвергнутое",
            "the folder lies where copies and rejected files are put",
        )
        _stop(source, inner.place, outer.place, reason)


def _within(folders: list[_Folder]) -> Iterator[tuple[_Folder, _Folder]]:
    """Which folder lies where another puts copies and what was rejected. A link that has an archive
    of its own leaves ``archive/`` in its folders unused, and may have it there."""
    kept: dict[PurePath, list[tuple[str, _Folder]]] = {}
    for outer in folders:
        for name in ("",) if outer.archive else _INSIDE:
            kept.setdefault(outer.real / name, []).append((name, outer))
    for inner in folders:
        for place in (inner.real, *inner.real.parents):
            for name, outer in kept.get(place, ()):
                unused = inner.archive and inner.place[:2] == outer.place[:2] and name == _ARCHIVE
                if outer is not inner and not unused:
                    yield inner, outer


def _stop(source: Source, place: Place, other: Place, reason: Said) -> None:
    line, name = source.lines.of(other), spelt(other)
    named = Said(f"{name}, строка {line}", f"{name}, line {line}")
    raise source.stop(say.SETTING_CLASH(reason=reason, other=named), place)


def _real(folder: Path) -> PurePath:
    return PurePath(_same(os.path.realpath(folder)))


def _there(far: Address) -> PurePath:
    """A folder on a server; the scheme makes no other folder of it."""
    return PurePath(_same(f"//{far.host}:{far.port}")) / _same(far.path.strip("/"))


def _look(text: str) -> str:
    """A text as it looks: people, and some programs, cannot tell such letters apart."""
    return unicodedata.normalize("NFC", _same(text).upper()).translate(_ALIKE)


def _same(text: str) -> str:
    """A text without what a file system may not tell apart: case, and ways to write one letter."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())

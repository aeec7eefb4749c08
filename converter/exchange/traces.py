"""What only a state can have left behind: where there is such and no state, it was lost (SPEC §5)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from converter.exchange.archive import Archive
from converter.folder.names import is_message
from converter.settings import Link, Settings


def traces(settings: Settings) -> list[Path]:
    """Files in ``archive/`` or ``rejected/``, or a message of ours in a folder, of any link."""
    return [found for link in settings.link for found in traces_of(link)]


def traces_of(link: Link) -> Iterator[Path]:
    """The first trace of each sort that a link has left."""
    archive = Archive(link)
    for own, other in ((link.crm, link.bp), (link.bp, link.crm)):
        side = "crm" if own is link.crm else "bp"
        for folder in (archive.of(side), own.folder / "rejected"):
            found = next((each for each in _files(folder)), None)
            if found is not None:
                yield found
        if own.folder.is_dir():
            for each in own.folder.iterdir():
                if is_message(each.name, [other.code], [own.code]):
                    yield each


def _files(folder: Path) -> Iterator[Path]:
    if folder.is_dir():
        found = (each for each in folder.rglob("*") if not each.name.startswith("."))
        yield from (each for each in found if each.is_file())

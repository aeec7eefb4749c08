"""Whether a zip archive is whole, and holds just one message: looked at before anything is read.

All that comes in is hostile (SPEC §5, §6): names that lead out of a folder are refused though
nothing is ever written under them, and an archive without its end is told from a damaged one,
since 1C writes under the final name.
"""

from __future__ import annotations

import os
import re
import struct
import zipfile
from typing import BinaryIO

from converter.folder.zip_secrecy import secrecy_of
from converter.problems import Rejected, Said
from converter.problems import catalogue as say
from converter.problems.visible import short

ENTRIES = 16
#: with which a zip archive begins; the second where there is nothing in it
MAGICS = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
_END = struct.Struct("<4s4H2LH")
_END_MAGIC, _END64_MAGIC = b"PK\x05\x06", b"PK\x06\x07"
_END64_SIZE = 20
#: as far from the end a comment may push what matters
_TAIL = _END64_SIZE + _END.size + 0xFFFF
#: what the list of so few entries may take: room for long names and comments
_LIST = 1 << 16
_STRONG = 0x40


def check_end(file: BinaryIO) -> int:
    """The archive's end must be the file's end, and must belong to the file's beginning.

    So neither a cut archive passes nor another that lies inside one, and the list of entries,
    which is read as a whole, is short. Returns the size of the file, and leaves it at its
    beginning. Raises `Rejected`: ZIP_CUT, ZIP_DAMAGED, ZIP_CONTENTS.
    """
    size = file.seek(0, os.SEEK_END)
    start = max(0, size - _TAIL)
    file.seek(start)
    tail = file.read(size - start)
    file.seek(0)
    place = _end_in(tail)
    if place is None:
        raise Rejected(say.ZIP_CUT())
    _, disk, first, here, entries, length, offset, _ = _END.unpack_from(tail, place)
    before = tail[max(0, place - _END64_SIZE) : place]
    if before.startswith(_END64_MAGIC) or entries > ENTRIES or length > _LIST:
        raise Rejected(say.ZIP_CONTENTS(reason=_MANY))
    if disk or first or here != entries:
        raise Rejected(say.ZIP_CONTENTS(reason=_PARTS))
    if offset + length != start + place:
        raise Rejected(say.ZIP_DAMAGED(reason=_LIST_ASTRAY))
    return size


def _end_in(tail: bytes) -> int | None:
    """Where the record stands with which an archive ends; its comment must reach just to the end."""
    place = tail.rfind(_END_MAGIC)
    if place < 0 or len(tail) < place + _END.size:
        return None
    *_, comment = _END.unpack_from(tail, place)
    return place if place + _END.size + comment == len(tail) else None


_MANY = Said(f"в нём больше {ENTRIES} файлов", f"it holds more than {ENTRIES} files")
_PARTS = Said("это часть многотомного архива", "it is one part of several")
_LIST_ASTRAY = Said("оглавление не на месте", "the list of its files is astray")

# -- the one entry -------------------------------------------------------------------------------

_DRIVE = re.compile(r"[A-Za-z]:")


def only_entry(entries: list[zipfile.ZipInfo], size: int) -> zipfile.ZipInfo:
    """The one message in an archive of a size. Raises `Rejected`: ZIP_CONTENTS, ZIP_PASSWORD,
    ZIP_DAMAGED."""
    if len(entries) > ENTRIES:
        raise Rejected(say.ZIP_CONTENTS(reason=_MANY))
    for entry in entries:
        _check_name(entry)
    files = [entry for entry in entries if not entry.is_dir()]
    messages = [entry for entry in files if entry.filename.lower().endswith(".xml")]
    if len(messages) != 1 or len(files) != 1:
        names = short(", ".join(entry.filename for entry in files) or "—")
        found = Said(f"в нём лежит: {names}", f"it holds: {names}")
        raise Rejected(say.ZIP_CONTENTS(reason=found))
    _check_method(messages[0])
    if messages[0].header_offset >= size:
        raise Rejected(say.ZIP_DAMAGED(reason=_LIST_ASTRAY))
    return messages[0]


def _check_name(entry: zipfile.ZipInfo) -> None:
    """Of both: what stands in the archive, and what zipfile made of it."""
    for name in (entry.orig_filename, entry.filename):
        plain = name.replace("\\", "/")
        leads_out = plain.startswith("/") or _DRIVE.match(plain) or ".." in plain.split("/")
        if leads_out or not name.isprintable() or not name:
            shown = short(ascii(name))
            found = Said(f"недопустимое имя {shown}", f"the name {shown} is not allowed")
            raise Rejected(say.ZIP_CONTENTS(reason=found))


def _check_method(entry: zipfile.ZipInfo) -> None:
    if entry.flag_bits & _STRONG:
        raise Rejected(say.ZIP_PASSWORD(reason=_FOREIGN))
    try:
        _, method = secrecy_of(entry)
    except ValueError:
        raise Rejected(say.ZIP_CONTENTS(reason=_STRANGE)) from None
    if method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        found = Said(f"способ сжатия {method}", f"compression method {method}")
        raise Rejected(say.ZIP_CONTENTS(reason=found))


_FOREIGN = Said(
    "он зашифрован способом, которого 1С не знает; нужен Zip20 или AES",
    "it is encrypted in a way that 1C does not know; Zip20 or AES is needed",
)
_STRANGE = Said("шифрование непонятно", "its encryption is not understood")

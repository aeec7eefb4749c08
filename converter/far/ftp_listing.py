"""What an FTP server lists (RFC 959, 3659), and in which letters the names are.

Names go over the wire as bytes and are read here: UTF-8, else windows-1251, as old servers in Russia
have them, who do not announce UTF-8 either.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

from converter.far.transport import Entry

#: what the standard library makes of bytes, one letter for each; `Names` reads them
WIRE = "latin-1"
UTF8, OLD = "utf-8", "windows-1251"
#: what is asked of MLSD
FACTS = ("type", "size", "modify")
#: longer lines of LIST are none
_LONGEST = 2000
#: a line of LIST as Unix has it: kind, rights and owners, size, date, time or year, name
_UNIX = re.compile(
    r"(.)[-\w+.@]{9,}\s.*\s(\d+)\s+"
    r"(?:[^\s\d]\S+\s+\d{1,2}|\d{1,2}\s+[^\s\d]\S+|\d{4}-\d\d-\d\d)\s+"
    r"(?:\d{1,2}:\d\d(?::\d\d)?|\d{4})\s(.+)"
)
#: and as DOS has it: date, time, size or <DIR>, name
_DOS = re.compile(r"\d\d-\d\d-(?:\d\d){1,2}\s+\d{1,2}:\d\d\s*(?:[AP]M)?\s+(\d+|<\w+>)\s+(.+)")


class Names:
    """The names of one server. ``encoding`` is how those are written that were not listed yet."""

    def __init__(self) -> None:
        self.encoding = UTF8
        self._listed: dict[str, str] = {}

    def read(self, raw: str) -> str:
        """A name that was listed."""
        return self._read(raw)[0]

    def keep(self, raw: str) -> None:
        """Know a name that matters as it was listed; new ones are written in its letters."""
        name, encoding = self._read(raw)
        self._listed[name] = raw
        if not name.isascii():
            self.encoding = encoding

    def on_wire(self, name: str) -> str:
        """A name, or a path, as the server has it: as it was listed, else in the server's letters."""
        if name in self._listed:
            return self._listed[name]
        try:
            return name.encode(self.encoding).decode(WIRE)
        except UnicodeEncodeError:
            return name.encode().decode(WIRE)

    def _read(self, raw: str) -> tuple[str, str]:
        data = raw.encode(WIRE)
        try:
            return data.decode(), UTF8
        except UnicodeDecodeError:
            return data.decode(OLD, "replace"), OLD


def name_of(line: str) -> str:
    """The name in a line of NLST, which may have a path before it."""
    return re.split(r"[/\\]", line)[-1]


def file_of(line: str) -> Entry | None:
    """The file in a line of MLSD, its name as it is on the wire, without the path that a few servers
    have before it; None for a folder or a link."""
    facts, _, raw = line.partition(" ")
    told = dict(each.casefold().split("=", 1) for each in facts.split(";") if "=" in each)
    if told.get("type") != "file" or not told.get("size", "").isdigit():
        return None
    return Entry(raw.rpartition("/")[2], int(told["size"]), moment(told.get("modify", "")))


def tells_facts(features: dict[str, str]) -> bool:
    """Whether MLSD, as FEAT has it, tells what is to be known of a file."""
    if "MLST" not in features:
        return "MLSD" in features
    offered = {each.rstrip("*") for each in _offered(features)}
    return not offered or {"type", "size"} <= offered


def hides_facts(features: dict[str, str]) -> bool:
    """Whether MLSD tells some of it only when it is asked to (OPTS MLST): those without a star."""
    return not _offered(features).isdisjoint(FACTS)


def _offered(features: dict[str, str]) -> set[str]:
    return {each.strip() for each in features.get("MLST", "").casefold().split(";")} - {""}


def is_file(line: str) -> bool:
    """Whether a line of LIST, as Unix or as DOS has it, is a file, or may be one."""
    return len(line.split()) > 3 and not line.startswith("d") and "<DIR>" not in line


def shown_by_facts(lines: list[str]) -> dict[str, int | None]:
    """The sizes of MLSD by the names on the wire; None for what is no file."""
    read = [(line.partition(" ")[2].rpartition("/")[2], file_of(line)) for line in lines]
    return {raw: None if entry is None else entry.size for raw, entry in read}


def shown_by_list(lines: list[str]) -> dict[str, int | None]:
    """The sizes of LIST by the names on the wire; None for what is no file. Lines that are neither
    as Unix nor as DOS has them are left out."""
    shown: dict[str, int | None] = {}
    for line in (each for each in lines if len(each) <= _LONGEST):
        if unix := _UNIX.fullmatch(line):
            kind, size, name = unix.groups()
            name = name.partition(" -> ")[0] if kind == "l" else name
            shown[name_of(name)] = int(size) if kind == "-" else None
        elif dos := _DOS.fullmatch(line):
            shown[dos[2]] = int(dos[1]) if dos[1].isdecimal() else None
    return shown


def moment(text: str) -> float | None:
    """A time of MLSD or MDTM; None for what is none."""
    found = re.match(r"(\d{14})(\.\d+)?", text)
    if found is None:
        return None
    try:
        told = datetime.strptime(found[1], "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
    return told.timestamp() + float(found[2] or 0)

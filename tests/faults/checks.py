"""What must be true at the moment of a kill, and what a pass must have come to in the end."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import zipfile
import zlib
from collections import Counter
from contextlib import closing
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from lxml import etree

from tests.faults.killer import Launcher
from tests.faults.scene import SAMPLES

_CREATED = re.compile(rb"<msg:CreationDate>[^<]*</msg:CreationDate>")
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d")
_OF_A_PASS = re.compile(r"\d{4}-\d\d-\d\d/\d{6}-")
_DATED = re.compile(r"(^|/)\d{8}-\d{6}(-\d+)? ")
#: columns that hold the time of the pass, how many passes there were, or what depends on these
_OF_THE_TIME = {
    "link": {"begun", "passes"},
    "base": {"stamp", "greeted", "behind", "guid"},
    "incoming": {"taken"},
    "outgoing": {"digest", "created"},
    "file": {"since"},
    "held": {"since"},
    "rejection": {"at"},
    "former": {"until"},
    "journal": {"id", "at", "pass"},
}
#: what only tells that work was done again
_AGAIN = {"replayed", "replayed_bytes"}
OURS = {"crm": "Message_BP_CRM", "bp": "Message_CRM_BP"}


def visible(where: Path) -> dict[str, bytes]:
    """Every file that anybody looks at, by its path: temporaries have hidden names."""
    return {
        str(each.relative_to(where)): each.read_bytes()
        for side in ("crm", "bp")
        for each in (where / side).rglob("*")
        if each.is_file() and not each.name.startswith(".")
    }


def check_whole(where: Path, inputs: set[bytes]) -> None:
    """No half-written file lies under a final name. ``inputs`` are what the bases themselves left."""
    for name, data in visible(where).items():
        if data in inputs:
            continue
        try:
            if name.endswith(".json"):
                json.loads(data)
            elif name.endswith(".txt"):
                assert data.decode("utf-8-sig").endswith("\r\n") and data.count("→".encode()) == 2
            else:
                etree.fromstring(_opened(data))
        except (ValueError, AssertionError, etree.XMLSyntaxError, zipfile.BadZipFile) as error:
            raise AssertionError(f"half-written: {name} ({len(data)} bytes)") from error


def _opened(data: bytes) -> bytes:
    if not data.startswith(b"PK"):
        return data
    with zipfile.ZipFile(BytesIO(data)) as archive:
        return archive.read(archive.namelist()[0])


class Numbers:
    """The messages of ours that were ever seen in a folder: a number never has two contents."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], str] = {}

    def look(self, where: Path) -> None:
        """See what lies in the folders now."""
        for side, stem in OURS.items():
            for path in (where / side).glob(f"{stem}.*"):
                data = _opened(path.read_bytes())
                found = re.search(rb"<msg:MessageNo>(\d+)<", data)
                key = side, "-" if found is None else found.group(1).decode()
                digest = sha256(data).hexdigest()
                assert self._seen.setdefault(key, digest) == digest, f"{key}: two contents"


def until_quiet(where: Path, launcher: Launcher, numbers: Numbers, most: int = 6) -> int:
    """Run passes until one does nothing; returns how many did something."""
    for count in range(most):
        done = launcher.run(where, "sync", "--json")
        assert done.orderly and done.status in (0, 1), (done.status, done.out, done.err)
        numbers.look(where)
        told = json.loads(done.out)["links"][0]
        if not any(told[each] for each in ("taken", "written", "rejected", "waiting", "events")):
            return count
    raise AssertionError(f"not quiet after {most} passes: {told}")


def final(where: Path) -> dict[str, Any]:
    """Where everything came to, without the time at which it did."""
    files = Counter(
        (_DATED.sub(r"\1", _OF_A_PASS.sub("", name)), _timeless(name, data))
        for name, data in visible(where).items()
        if not name.endswith(".json")
    )
    archived = Counter(
        f"{way} {kept['side']} {kept['number']}"
        for record in records(where)
        for way in ("taken", "written")
        for kept in record[way]
    )
    hidden = [each.name for side in OURS for each in (where / side).rglob(".*")]
    left = [each for each in hidden if not each.startswith(".reading-")]
    marks = [each for each in hidden if each.startswith(".reading-")]
    return {
        "files": files,
        "archived": archived,
        "temporaries": left,
        "marks": marks,
        **state(where / "exchange.db"),
    }


def records(where: Path) -> list[dict[str, Any]]:
    """The records of the archive, which follow each other without a gap; each lies in two places,
    or in the one that could be written."""
    paths = [
        path for side in ("bp", "crm") for path in (where / side / "archive/passes").rglob("*.json")
    ]
    by_number = {path.name: path for path in paths}
    found = [json.loads(by_number[name].read_bytes()) for name in sorted(by_number)]
    assert [each["number"] for each in found] == list(range(1, len(found) + 1))
    return found


def state(path: Path) -> dict[str, Any]:
    """Every row of the state, by table; of a copy, since a look mends what was cut off."""
    with TemporaryDirectory() as folder:
        for each in path.parent.glob(f"{path.name}*"):
            shutil.copy(each, folder)
        return _tables(Path(folder) / path.name)


def _tables(path: Path) -> dict[str, Any]:
    with closing(sqlite3.connect(path)) as connection:
        connection.row_factory = sqlite3.Row
        assert connection.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
        return {
            f"table {name}": _rows(name, connection.execute(f"SELECT * FROM {name}").fetchall())
            for (name,) in names
        }


def _rows(table: str, rows: list[sqlite3.Row]) -> Counter[str]:
    without = _OF_THE_TIME.get(table, set())
    kept: Counter[str] = Counter()
    for row in rows:
        values = {key: row[key] for key in row.keys() if key not in without}  # noqa: SIM118
        if table == "file" and values["verdict"] == "repeat":
            values["verdict"] = "taken"  # read again after its pass was done again
        if table == "journal" and values["event"] == "written":
            values["details"] = json.loads(values["details"])["number"]
        if table == "part":
            values["data"] = _CREATED.sub(b"", zlib.decompress(values["data"]))
        if not (table == "journal" and values["event"] in _AGAIN):
            kept[repr(values)] += 1
    return kept


def _timeless(name: str, data: bytes) -> str:
    if name.endswith(".txt"):
        return _MOMENT.sub("", data.decode())
    return sha256(_CREATED.sub(b"", _opened(data))).hexdigest()


def differences(found: dict[str, Any], wanted: dict[str, Any]) -> list[str]:
    """Where two ends differ, in words."""
    told = []
    for part in wanted:
        if found[part] == wanted[part]:
            continue
        if isinstance(wanted[part], Counter):
            told += [f"{part}: too much {each}" for each in found[part] - wanted[part]]
            told += [f"{part}: missing {each}" for each in wanted[part] - found[part]]
        else:
            told.append(f"{part}: {found[part]} instead of {wanted[part]}")
    return told


def inputs_of(where: Path) -> set[bytes]:
    """The bytes of every file that the bases left, torn ones too."""
    return set(visible(where).values()) | {each.read_bytes() for each in SAMPLES.glob("*.xml")}

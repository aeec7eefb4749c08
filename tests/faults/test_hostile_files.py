"""Archives that mean harm, through a whole pass: set aside, nothing written elsewhere (F23, F30)."""

from __future__ import annotations

import resource
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from tests.conftest import ROOT, environment
from tests.exchange.world import World
from tests.folder.archives import deflated, raw
from tests.mapping.book import crm_invoice
from tests.messages import guid

NAME = "Message_CRM_BP.zip"


@pytest.mark.parametrize(
    "inner",
    ["../evil.xml", "../../evil.xml", "/tmp/evil.xml", "..\\evil.xml", "C:\\evil.xml", "a/../../x"],
)
def test_names_that_leave_the_folder_write_nothing(tmp_path: Path, inner: str) -> None:
    world = World(tmp_path / "inside" / "deep", settle=0)
    data = world.crm.compose(crm_invoice())
    world.crm.put(raw(inner.encode(), deflated(data), len(data), zlib.crc32(data)), NAME)
    report = world.run()
    assert [each.problem.kind.id for each in report.aside] == ["ZIP_CONTENTS"]
    assert world.row("crm").received == 0
    assert not [each for each in tmp_path.rglob("*") if "evil" in each.name]
    assert [each.name for each in tmp_path.iterdir()] == ["inside"]
    world.close()


def test_a_bomb_takes_neither_memory_nor_disk(tmp_path: Path) -> None:
    """500 MB of zeros in half a megabyte, by a process that may not have that much."""
    world = World(tmp_path, settle=0)
    zeros = bytes(500 << 20)
    bomb = raw(b"Message_CRM_BP.xml", deflated(zeros), len(zeros), zlib.crc32(zeros))
    del zeros
    world.crm.put(bomb, NAME)
    settings = tmp_path / "exchange.toml"
    settings.write_text(
        f"state = 'sqlite:///{world.database}'\n[[link]]\nname = 'main'\nsettle = 0\n"
        f"crm.code = 'CRM'\ncrm.folder = '{world.crm.folder}'\n"
        f"bp.code = 'BP'\nbp.folder = '{world.bp.folder}'\nbp.version = '1.19'\n"
    )
    limit = 400 << 20

    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        resource.setrlimit(resource.RLIMIT_FSIZE, (16 << 20, 16 << 20))

    done = subprocess.run(
        [sys.executable, "-m", "converter", "sync", "-c", str(settings)],
        cwd=ROOT,
        env=environment(),
        preexec_fn=bounded,
        capture_output=True,
        check=False,
        timeout=120,
    )
    assert done.returncode == 1, done.stderr.decode()
    assert b"ZIP_TOO_LARGE" in done.stderr
    assert world.crm.rejected() == [NAME, f"{NAME}.txt"]


def test_the_other_files_of_the_folder_are_taken(tmp_path: Path) -> None:
    """One bad file stops nobody."""
    world = World(tmp_path, settle=0)
    world.crm.put(b"PK\x03\x04" + b"x" * 500, NAME)
    world.crm.send(crm_invoice(guid(2), "СЧ-2"))
    report = world.run()
    assert report.status == 1
    assert [each.number for each in report.taken] == [1]
    world.close()

"""The wheel holds everything that the command needs, its schemas included."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import pytest

ROOT = Path(__file__).parents[1]


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout, built and laid out as an installation lays it out."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    site = folder / "site"
    with ZipFile(next(folder.glob("*.whl"))) as wheel:
        wheel.extractall(site)
    return site


def test_the_schemas_of_every_dialect_are_inside(unpacked: Path) -> None:
    inside = {path.name for path in (unpacked / "converter" / "schemas").iterdir()}
    assert inside == {path.name for path in (ROOT / "schemas").iterdir()}


def test_it_converts_away_from_the_checkout(unpacked: Path, tmp_path: Path) -> None:
    sample = ROOT / "samples" / "crm-invoices.xml"
    command = [
        sys.executable,
        "-m",
        "converter",
        "convert",
        str(sample),
        "--to",
        "bp",
        "-o",
        "out.xml",
    ]
    environment = {**os.environ, "PYTHONPATH": str(unpacked), "PYTHONSAFEPATH": "1"}
    done = subprocess.run(
        command, cwd=tmp_path, env=environment, check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out.xml").read_bytes().startswith(b"\xef\xbb\xbf<?xml")
    where = [sys.executable, "-c", "import converter; print(converter.__file__)"]
    found = subprocess.run(
        where, cwd=tmp_path, env=environment, check=True, capture_output=True, text=True
    )
    assert found.stdout.startswith(str(unpacked))

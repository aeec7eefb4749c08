"""When disk, folder or pipe fail: exit status 3, a sentence, and nothing half-written."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run, environment

COMMAND = [sys.executable, "-m", "converter"]
POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files and rights")
NOBODY = 65534


def assert_surroundings(done: subprocess.CompletedProcess[bytes]) -> None:
    """Exit 3 with one sentence on standard error."""
    said = done.stderr.decode()
    assert done.returncode == 3, said
    assert "Traceback" not in said
    assert "Exception ignored" not in said
    assert said.strip()


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """A folder that any user can reach."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield Path(name)


@POSIX
def test_a_folder_that_may_not_be_written_to(samples: Path, open_folder: Path) -> None:
    locked = open_folder / "locked"
    locked.mkdir()
    locked.chmod(0o555)
    data = (samples / "crm-invoices.xml").read_bytes()
    user = NOBODY if os.getuid() == 0 else None

    def call(*arguments: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*COMMAND, *arguments],
            input=data,
            capture_output=True,
            cwd=ROOT,
            env=environment(),
            user=user,
            check=False,
        )

    if call("convert", "-", "--to", "bp").returncode != 0:
        pytest.skip("another user cannot run the program from this checkout")
    done = call("convert", "-", "--to", "bp", "-o", str(locked / "b.xml"))
    assert_surroundings(done)
    assert str(locked) in done.stderr.decode()
    assert list(locked.iterdir()) == []


def test_a_folder_that_is_not_there(samples: Path, tmp_path: Path, run: Run) -> None:
    target = tmp_path / "nowhere" / "b.xml"
    done = run("convert", samples / "crm-invoices.xml", "--to", "bp", "-o", target)
    assert done.status == 3
    assert "Traceback" not in done.err
    assert str(target.parent) in done.err
    assert not target.parent.exists()


@POSIX
@pytest.mark.parametrize("command", ["convert", "validate", "inspect"])
def test_a_full_disk_behind_standard_output(command: str, samples: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no /dev/full")
    arguments = [*COMMAND, command, str(samples / "crm-invoices.xml")]
    with full.open("wb") as out:
        done = subprocess.run(
            arguments + (["--to", "bp"] if command == "convert" else []),
            stdout=out,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=environment(),
            check=False,
        )
    assert_surroundings(done)


@POSIX
def test_a_full_disk_leaves_neither_output_nor_leavings(samples: Path, tmp_path: Path) -> None:
    if not shutil.which("unshare"):
        pytest.skip("this system has no unshare to mount a small disk")
    script = (
        'mount -t tmpfs -o size=16k none "$0" || exit 77\n'
        '"$@" -o "$0/b.xml"; status=$?\n'
        'ls -A "$0"; exit $status'
    )
    call = [*COMMAND, "convert", str(samples / "crm-invoices.xml"), "--to", "bp"]
    done = subprocess.run(
        ["unshare", "-m", "sh", "-c", script, str(tmp_path), *call],
        capture_output=True,
        cwd=ROOT,
        env=environment(),
        check=False,
    )
    if done.returncode == 77 or b"unshare failed" in done.stderr:
        pytest.skip("a small disk cannot be mounted here")
    assert_surroundings(done)
    assert done.stdout == b"", "nothing is left on the disk"


@POSIX
def test_a_reader_that_went_away(samples: Path) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [*COMMAND, "convert", str(samples / "bp-answers-1.20.xml"), "--to", "crm"],
            stdout=write,
            stderr=subprocess.PIPE,
            cwd=ROOT,
            env=environment(),
            check=False,
        )
    finally:
        os.close(write)
    said = done.stderr.decode()
    assert done.returncode == 3, said
    assert "Traceback" not in said
    assert "Exception ignored" not in said


@POSIX
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_the_output_has_the_rights_that_files_have_here(
    mask: int, samples: Path, tmp_path: Path
) -> None:
    target = tmp_path / "b.xml"
    subprocess.run(
        [*COMMAND, "convert", str(samples / "crm-invoices.xml"), "--to", "bp", "-o", str(target)],
        capture_output=True,
        cwd=ROOT,
        env=environment(),
        umask=mask,
        check=True,
    )
    assert stat.S_IMODE(target.stat().st_mode) == 0o666 & ~mask


@POSIX
def test_an_output_that_is_a_pipe_is_written_to_and_stays_a_pipe(
    samples: Path, tmp_path: Path
) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        subprocess.run(
            [*COMMAND, "convert", str(samples / "crm-invoices.xml"), "--to", "bp", "-o", str(pipe)],
            capture_output=True,
            cwd=ROOT,
            env=environment(),
            timeout=60,
            check=False,
        )
        assert stat.S_ISFIFO(pipe.stat().st_mode), "a device or pipe is never replaced by a file"
    finally:
        os.close(reader)

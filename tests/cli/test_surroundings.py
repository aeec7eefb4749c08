"""When disk, folder or pipe fail: exit status 3, a sentence, and nothing half-written."""

from __future__ import annotations

import json
import os
import select
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import ROOT, Run, environment
from tests.messages import crm_invoice, crm_message, guid
from tests.state.links import Linked

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


@pytest.fixture
def exchange(tmp_path: Path, run: Run) -> Path:
    """The settings of an exchange that has something to show."""
    linked = Linked(tmp_path)
    linked.crm(crm_invoice())
    return linked.config


SHOWING = [
    ["--help"],
    ["--version"],
    ["status", "--help"],
    ["problem"],
    ["problem", "--json"],
    ["inspect", "samples/crm-invoices.xml"],
    ["validate", "samples/crm-invoices.xml", "--json"],
    ["convert", "samples/bp-answers-1.20.xml", "--to", "crm"],
    ["status", "-c"],
    ["invoices", "-c"],
    ["journal", "-c"],
    ["journal", "--json", "-c"],
    ["report", "-o", "-", "-c"],
    ["sync", "--json", "-c"],
    ["doctor", "--json", "-c"],
    ["retry", "no-such-key", "--json", "-c"],
]


@POSIX
@pytest.mark.parametrize("arguments", SHOWING, ids=" ".join)
def test_a_reader_that_went_away_is_one_quiet_status(arguments: list[str], exchange: Path) -> None:
    """As of a program that SIGPIPE ends: neither done, nor rejected, nor a fault of the disk."""
    read, write = os.pipe()
    os.close(read)
    try:
        done = without_reader(arguments, exchange, stdout=write)
    finally:
        os.close(write)
    assert (done.returncode, done.stderr.decode()) == (141, "")


@POSIX
@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_output_that_is_closed_from_the_start_has_no_reader(unbuffered: str) -> None:
    done = subprocess.run(
        ["sh", "-c", '"$@" >&-', "sh", *COMMAND, *SHOWING[7]],
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env={**environment(), "PYTHONUNBUFFERED": unbuffered},
        check=False,
    )
    assert (done.returncode, done.stderr.decode()) == (141, "")


@POSIX
def test_nobody_who_reads_what_is_wrong() -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = without_reader(["status", "--nonsense"], None, stderr=write)
    finally:
        os.close(write)
    assert (done.returncode, done.stdout) == (141, b"")


def without_reader(
    arguments: list[str], config: Path | None, stdout: int = -1, stderr: int = -1
) -> subprocess.CompletedProcess[bytes]:
    """Call a command; ``-c`` at its end is followed by the settings."""
    named = [str(config)] if arguments[-1] == "-c" else []
    return subprocess.run(
        [*COMMAND, *arguments, *named],
        stdout=stdout,
        stderr=stderr,
        cwd=ROOT,
        env=environment(),
        check=False,
    )


@POSIX
def test_a_named_pipe_whose_reader_went_away_is_told(tmp_path: Path) -> None:
    """It has a name, as a file has: the output is more than a pipe holds by itself."""
    pipe, many = tmp_path / "pipe", tmp_path / "many.xml"
    os.mkfifo(pipe)
    invoices = (crm_invoice(ref=guid(n), number=f"СЧ-{n}") for n in range(100, 200))
    many.write_text(crm_message(*invoices), "utf-8")
    process = subprocess.Popen(
        [*COMMAND, "convert", str(many), "--to", "bp", "-o", str(pipe)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(),
    )
    try:
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        select.select([reader], [], [], 60)  # the writer is there
        os.close(reader)
        said = process.communicate(timeout=60)[1].decode()
    finally:
        process.kill()
    assert (process.returncode, str(pipe) in said) == (3, True), said
    assert "nobody reads at the other end" in said


@POSIX
def test_ctrl_c_does_not_say_that_nothing_was_written(samples: Path, tmp_path: Path) -> None:
    """The result of the first file lies there when the second, which has no end, is cut off."""
    results, pipe = tmp_path / "results", tmp_path / "pipe"
    results.mkdir()
    os.mkfifo(pipe)
    files = [str(samples / "crm-invoices.xml"), str(pipe)]
    program = (  # a shell lets what it runs in the background not hear Ctrl+C
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "from converter.cli import main\n"
        "main()\n"
    )
    arguments = ["convert", *files, "--to", "bp", "-o", str(results)]
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        stderr=subprocess.PIPE,
        cwd=ROOT,
        env=environment(),
    )
    assert process.stderr is not None
    try:
        process.stderr.readline()  # of the first file
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=60)[1].decode()
    finally:
        process.kill()
    assert (process.returncode, said.splitlines()[-1]) == (130, "interrupted")
    assert (results / "crm-invoices.xml").exists()


@POSIX
@pytest.mark.parametrize(
    ("arguments", "status", "id"),
    [
        (["convert", "{}", "--to", "bp"], 3, "SYSTEM_FAILED"),
        (["validate", "{}"], 3, "SYSTEM_FAILED"),
        (["status", "-c", "{}"], 2, "SETTINGS_UNREADABLE"),
    ],
)
def test_a_file_that_is_there_and_may_not_be_read(
    arguments: list[str], status: int, id: str, samples: Path, open_folder: Path
) -> None:
    secret = open_folder / "secret.xml"
    secret.write_bytes((samples / "crm-invoices.xml").read_bytes())
    secret.chmod(0)
    user = NOBODY if os.getuid() == 0 else None

    def call(*given: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.run(
            [*COMMAND, *given],
            capture_output=True,
            cwd=ROOT,
            env=environment(),
            user=user,
            check=False,
        )

    if call("problem", "USAGE").returncode != 0:
        pytest.skip("another user cannot run the program from this checkout")
    named = [each.format(secret) for each in arguments]
    done = call(*named)
    said = done.stderr.decode()
    assert (done.returncode, f"[{id}]" in said) == (status, True), said
    assert str(secret) in said
    assert "no right to it" in said
    error = json.loads(call(*named, "--json", *(["-o", "x"] if "--to" in named else [])).stdout)
    assert (error["error"]["id"], error["error"]["file"]) == (id, str(secret))


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

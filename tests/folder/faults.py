"""Faults that are caused for real: another user, a small or read-only disk, system calls that fail.

Each runs `tests.folder.doing` in a process of its own, and skips, saying so, where this system
does not let the fault be caused.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path, PosixPath
from typing import Any, NamedTuple

import pytest

from tests.conftest import ROOT, environment

POSIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such files and rights")
NOBODY = 65534


class Came(NamedTuple):
    """What came of an action; nothing where the process was killed."""

    id: str | None
    result: Any
    left: dict[str, str]
    killed: bool = False


def doing(*arguments: str | Path) -> list[str]:
    """The command line of an action."""
    return [sys.executable, "-B", "-m", "tests.folder.doing", *map(str, arguments)]


def as_nobody(action: str, folder: Path) -> Came:
    """An action by a user without rights: root may do everything."""
    if os.getuid() != 0:
        return _came(_run(doing(action, folder)))
    done = _run(doing(action, folder), user=NOBODY, group=NOBODY, extra_groups=[])
    if b"ModuleNotFoundError" in done.stderr or b"Permission denied: '/" in done.stderr[:200]:
        pytest.skip("another user cannot run the tests from this checkout")
    return _came(done)


def on_small_disk(script: str, folder: Path, action: str, options: str = "size=64k") -> Came:
    """An action on a disk of its own; ``script`` (of sh, ``$0`` is the folder) prepares it."""
    if not shutil.which("unshare"):
        pytest.skip("this system has no unshare to mount a small disk")
    whole = f'mount -t tmpfs -o {options} none "$0" || exit 77\n{script}\nexec "$@"'
    done = _run(["unshare", "-m", "sh", "-c", whole, str(folder), *doing(action, folder)])
    if done.returncode == 77 or b"unshare failed" in done.stderr:
        pytest.skip("a small disk cannot be mounted here")
    return _came(done)


def traced(inject: str, action: str, folder: Path, only: Path | None = None) -> Came:
    """An action while a system call fails or kills the process; ``inject`` is strace's.

    With ``only`` just the calls upon that path are meant.
    """
    strace = shutil.which("strace")
    if strace is None:
        pytest.skip("this system has no strace to make system calls fail")
    calls = inject.split(":", 1)[0]
    command = [strace, "-f", "-o", "/dev/null", "-e", f"trace={calls}", "-e", f"inject={inject}"]
    if only is not None:
        command += ["-P", str(only)]
    done = _run([*command, *doing(action, folder)])
    if b"ptrace" in done.stderr and not done.stdout:
        pytest.skip("processes may not be traced here")
    return _came(done)


def limited(limit: str, action: str, folder: Path) -> Came:
    """An action under a limit of the shell, such as ``-f 8``: files of at most 4 KiB."""
    script = f'ulimit {limit}; trap "" XFSZ; exec "$@"'
    return _came(_run(["sh", "-c", script, "sh", *doing(action, folder)]))


def _run(command: Sequence[str], **options: Any) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command, capture_output=True, cwd=ROOT, env=environment(), check=False, **options
    )


def _came(done: subprocess.CompletedProcess[bytes]) -> Came:
    if done.returncode in (-9, 137):
        return Came(None, None, {}, killed=True)
    assert done.returncode == 0, done.stderr.decode()
    return Came(**json.loads(done.stdout))


class Held(PermissionError):
    """What Windows says of a file that is open elsewhere."""

    winerror = 32


class BusyPath(PosixPath):
    """A file that another program keeps open, as Windows has it, for so many tries."""

    tries = 0

    def replace(self, target: Any) -> Any:
        """Refused as long as the file is held."""
        if type(self).tries > 0:
            type(self).tries -= 1
            raise Held(13, "held", str(self), None, str(target))
        return super().replace(target)

    def unlink(self, missing_ok: bool = False) -> None:
        """Refused as long as the file is held."""
        if type(self).tries > 0 and not self.name.startswith("."):
            type(self).tries -= 1
            raise Held(13, "held", str(self))
        super().unlink(missing_ok)

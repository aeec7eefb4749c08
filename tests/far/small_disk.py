"""A disk with little room for what a server shows, where one may be mounted."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

_SCRIPT = 'mount -t tmpfs -o size=256k none "$0" || exit 77; exec "$@"'


def on_small_disk(root: Path) -> list[str]:
    """What begins the command of a server that is to have a folder on a disk of its own; skips where
    that cannot be."""
    command = ["unshare", "-m", "sh", "-c", _SCRIPT, str(root)]
    if not shutil.which("unshare"):
        pytest.skip("this system has no unshare to mount a small disk")
    tried = subprocess.run([*command, "true"], capture_output=True, check=False)
    if tried.returncode != 0:
        pytest.skip("a small disk cannot be mounted here")
    return command


def seen_by(process: subprocess.Popen[bytes], folder: Path) -> Path:
    """A folder as a process sees it: what it alone has mounted there."""
    return Path(f"/proc/{process.pid}/root{folder}")

"""Environments, each made once from what is wanted of it. Only the standard library is used here."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCK = ROOT / "requirements.lock"
_STAMP = "made-from"


def programs(folder: Path) -> Path:
    """Where the programs of an environment lie."""
    return folder / ("Scripts" if sys.platform == "win32" else "bin")


def python(folder: Path) -> Path:
    """The Python of an environment."""
    return programs(folder) / ("python.exe" if sys.platform == "win32" else "python")


def begin(folder: Path, wanted: str) -> list[str]:
    """Make an environment anew, unless it was made whole from just this.

    Returns the command that installs into it, nothing where it is there. `keep` comes at the end.
    """
    stamp = folder / _STAMP
    if stamp.exists() and stamp.read_text("utf-8") == wanted and python(folder).exists():
        return []
    print(f"-- making the environment in {folder.name}", flush=True)
    venv.create(folder, with_pip=True, clear=True)
    quiet = ("--quiet", "--disable-pip-version-check")
    return [str(python(folder)), "-m", "pip", "install", *quiet]


def keep(folder: Path, wanted: str) -> None:
    """Remember that an environment was made whole, and from what."""
    (folder / _STAMP).write_text(wanted, "utf-8")


def with_tool(folder: Path, tool: str) -> bool:
    """An environment with the locked packages and one tool; returns whether the tool is there: it
    may not be for this system."""
    lacking = folder / "lacks-its-tool"
    wanted = f"{LOCK.read_text('utf-8')}{tool}"
    if install := begin(folder, wanted):
        subprocess.run([*install, "--requirement", str(LOCK)], check=True)
        if subprocess.run([*install, tool], check=False).returncode:
            lacking.touch()
        keep(folder, wanted)
    return not lacking.exists()

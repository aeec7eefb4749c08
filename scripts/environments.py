"""Environments beside the project's own, for tools that are not part of it."""

from __future__ import annotations

import subprocess
import sys
import venv
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
_LOCK = ROOT / "requirements.lock"


def with_tool(where: Path, tool: str) -> tuple[Path, bool]:
    """An environment in a folder, with the locked packages and one tool, made where it is not there.

    Returns the folder of its programs, and whether the tool is there: it may not be for this system.
    """
    programs = where / ("Scripts" if sys.platform == "win32" else "bin")
    stamp = where / "made-from"
    wanted = f"{_LOCK.read_text('utf-8')}{tool} "
    made = stamp.read_text("utf-8") if stamp.exists() else ""
    if not made.startswith(wanted):
        venv.create(where, with_pip=True, clear=True)
        pip = [str(programs / "python"), "-m", "pip", "install", "--quiet"]
        subprocess.run([*pip, "--requirement", str(_LOCK)], check=True)
        failed = subprocess.run([*pip, tool], check=False).returncode != 0
        made = wanted + ("is not there" if failed else "is there")
        stamp.write_text(made, "utf-8")
    return programs, made.endswith("is there")

"""The peers' own environment, made anew where it is not there; what cannot be had is named."""

from __future__ import annotations

import shutil
import subprocess
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
REQUIREMENTS = HERE / "requirements.txt"


def python_of_peers(folder: Path) -> Path:
    """The interpreter of an environment with everything that can be installed of the peers."""
    python = folder / "bin" / "python"
    stamp = folder / "made-from"
    wanted = REQUIREMENTS.read_text(encoding="utf-8")
    if not (stamp.exists() and stamp.read_text(encoding="utf-8") == wanted):
        venv.create(folder, with_pip=True, clear=True)
        for line in wanted.splitlines():
            if line and not line.startswith("#"):
                pip = [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
                subprocess.run([*pip, line], check=False)
        stamp.write_text(wanted, encoding="utf-8")
    return python


def lacking(python: Path) -> dict[str, str]:
    """Peers that are not there, with what the table says of them."""
    found = {
        name: subprocess.run([str(python), "-c", f"import {name}"], capture_output=True).returncode
        for name in ("saxonche", "xmlschema", "xsdata")
    }
    absent = {name: "not installed: pip could not get it" for name, code in found.items() if code}
    if shutil.which("xsltproc") is None:
        absent["xsltproc"] = "not installed: the system has no xsltproc"
    return absent

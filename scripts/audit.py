"""Known vulnerabilities of the locked packages: ``python scripts/audit.py``.

Fails where one is known. Where the data cannot be had (no network, an index that has none), it
says so and does not fail: an audit that did not take place is no finding, and no all-clear either.
"""

from __future__ import annotations

import json
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
WORK = ROOT / ".audit"
TOOL = "pip-audit==2.10.1"
SECONDS = 120


def environment() -> Path | None:
    """pip-audit in an environment of its own; None where it cannot be had."""
    python = WORK / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    if not (WORK / "made").exists():
        venv.create(WORK, with_pip=True, clear=True)
        install = [str(python), "-m", "pip", "install", "--quiet", TOOL]
        if subprocess.run(install, check=False, capture_output=True).returncode:
            return None
        (WORK / "made").write_text(TOOL, "utf-8")
    return python


def audited(python: Path) -> list[dict[str, Any]] | None:
    """What is known of each package; None where nothing could be asked."""
    options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json"]
    command = [str(python), "-m", "pip_audit", *options, "-r", str(ROOT / "requirements.lock")]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return found


def main() -> int:
    python = environment()
    found = None if python is None else audited(python)
    asked = [each for each in found or () if "skip_reason" not in each]
    if not asked:
        print("not audited: the data about vulnerabilities cannot be had here")
        return 0
    bad = [each for each in asked if each["vulns"]]
    for each in bad:
        for known in each["vulns"]:
            mended = ", ".join(known["fix_versions"]) or "no version yet"
            print(f"{each['name']} {each['version']}: {known['id']}, mended in {mended}")
    skipped = len(found or ()) - len(asked)
    print(
        f"{len(asked)} packages audited, {len(bad)} vulnerable, {skipped} could not be asked about"
    )
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())

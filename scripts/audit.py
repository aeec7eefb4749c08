"""Known vulnerabilities of the locked packages: ``python scripts/audit.py``.

Fails where one is known. Where the data cannot be had (no network, an index that has none), it
says so and does not fail: an audit that did not take place is no finding, and no all-clear either.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from environments import ROOT, begin, keep, python

WORK = ROOT / ".audit"
TOOL = "pip-audit==2.10.1"
SECONDS = 120


def environment() -> Path | None:
    """pip-audit in an environment of its own; None where it cannot be had."""
    if install := begin(WORK, TOOL):
        if subprocess.run([*install, TOOL], check=False, capture_output=True).returncode:
            return None
        keep(WORK, TOOL)
    return python(WORK)


def audited(interpreter: Path) -> list[dict[str, Any]] | None:
    """What is known of each package; None where nothing could be asked."""
    options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json"]
    command = [str(interpreter), "-m", "pip_audit", *options, "-r", str(ROOT / "requirements.lock")]
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)
        found: list[dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    except (subprocess.TimeoutExpired, ValueError, KeyError):
        return None
    return found


def main() -> int:
    interpreter = environment()
    found = None if interpreter is None else audited(interpreter)
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

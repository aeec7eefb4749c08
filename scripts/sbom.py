"""A software bill of materials from requirements.lock: ``python scripts/sbom.py > sbom.json``.

CycloneDX 1.6 as JSON, with the versions and hashes of the lock file; nothing is fetched. Which
packages a user gets is told apart from those that only the development needs: ``scope``.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
import uuid
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, metadata, requires
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
_PIN = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;]+)(?:\s*;\s*(?P<only>[^\\]+))?")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")
_NAME = re.compile(r"^[A-Za-z0-9._-]+")


def components(lock: str, shipped: set[str]) -> Iterator[dict[str, Any]]:
    """Each package of a lock file, in its order."""
    found: dict[str, Any] | None = None
    for line in lock.splitlines():
        if pin := _PIN.match(line):
            name, version = normal(pin["name"]), pin["version"]
            found = {
                "type": "library",
                "bom-ref": f"pkg:pypi/{name}@{version}",
                "name": name,
                "version": version,
                "purl": f"pkg:pypi/{name}@{version}",
                "scope": "required" if name in shipped else "excluded",
                "hashes": [],
            }
            if licence := licence_of(name):
                found["licenses"] = [{"license": {"name": licence}}]
            if pin["only"]:
                found["properties"] = [{"name": "marker", "value": pin["only"].strip()}]
            yield found
        if found is not None:
            found["hashes"] += [{"alg": "SHA-256", "content": each} for each in _HASH.findall(line)]


def normal(name: str) -> str:
    """A name as the index of packages spells it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def licence_of(name: str) -> str | None:
    """What an installed package says of its licence."""
    try:
        told = metadata(name)
    except PackageNotFoundError:
        return None
    text = told.get("License-Expression") or told.get("License") or ""
    if 0 < len(text) < 80:
        return str(text)
    lines = [each for each in told.get_all("Classifier", []) if each.startswith("License ::")]
    return str(lines[0]).rpartition(" :: ")[2] if lines else None


def needed(names: list[str]) -> set[str]:
    """Packages with all that they need, as far as they are installed here."""
    found: set[str] = set()
    while names:
        name = normal(names.pop())
        if name in found:
            continue
        found.add(name)
        try:
            more = requires(name) or []
        except PackageNotFoundError:
            continue
        names += [named(each) for each in more if "extra ==" not in each]
    return found


def named(requirement: str) -> str:
    """The name in a requirement."""
    match = _NAME.match(requirement)
    assert match is not None, requirement
    return match.group()


def bill(lock: str, project: dict[str, Any], version: str) -> dict[str, Any]:
    """The whole document; the same lock file gives the same bytes."""
    own = f"pkg:pypi/{project['name']}@{version}"
    shipped = needed([named(each) for each in project["dependencies"]])
    parts = list(components(lock, shipped))
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, own + lock)}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": own,
                "name": project["name"],
                "version": version,
                "purl": own,
            }
        },
        "components": parts,
        "dependencies": [
            {
                "ref": own,
                "dependsOn": [each["bom-ref"] for each in parts if each["scope"] == "required"],
            }
        ],
    }


def main() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    source = (ROOT / "converter/__init__.py").read_text("utf-8")
    found = re.search(r'__version__\s*=\s*"([^"]+)"', source)
    assert found is not None
    made = bill((ROOT / "requirements.lock").read_text("utf-8"), project, found[1])
    json.dump(made, sys.stdout, ensure_ascii=False, indent=1)
    print()


if __name__ == "__main__":
    main()

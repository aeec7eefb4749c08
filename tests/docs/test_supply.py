"""The bill of materials says what the lock file says, and always the same."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest

from tests.conftest import ROOT

LOCK = (ROOT / "requirements.lock").read_text("utf-8")


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-docs.lock"])
def test_a_lock_has_a_hash_for_each_package_and_names_no_address(name: str) -> None:
    text = (ROOT / name).read_text("utf-8")
    pins = re.findall(r"^\S+==\S+.*(?:\n    .+)+", text, re.MULTILINE)
    assert len(pins) == len(re.findall("==", re.sub(r";.*", "", text))) > 30
    assert all("--hash=sha256:" in pin for pin in pins)
    assert "://" not in text and "--index" not in text and "--find" not in text


def made() -> str:
    """What the script prints."""
    command = [sys.executable, str(ROOT / "scripts" / "sbom.py")]
    return subprocess.run(command, capture_output=True, check=True, text=True).stdout


@pytest.fixture(scope="module")
def bill() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made())
    return found


def test_every_package_is_in_it_with_all_its_hashes(bill: dict[str, Any]) -> None:
    pins = re.findall(r"^(\S+)==(\S+)", LOCK, re.MULTILINE)
    assert [(each["name"], each["version"]) for each in bill["components"]] == pins
    hashes = [each["content"] for part in bill["components"] for each in part["hashes"]]
    assert hashes == re.findall(r"sha256:([0-9a-f]{64})", LOCK)


def test_what_a_user_gets_is_told_apart(bill: dict[str, Any]) -> None:
    scopes = {each["name"]: each["scope"] for each in bill["components"]}
    assert {scopes[name] for name in ("lxml", "msgspec", "sqlalchemy", "elementpath")} == {
        "required"
    }
    assert {scopes[name] for name in ("pytest", "mypy", "hypothesis")} == {"excluded"}
    refs = {each["bom-ref"] for each in bill["components"]}
    (own,) = bill["dependencies"]
    assert refs >= set(own["dependsOn"]) != set()


def test_it_is_a_bill_and_the_same_each_time(bill: dict[str, Any]) -> None:
    assert (bill["bomFormat"], bill["specVersion"]) == ("CycloneDX", "1.6")
    assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", bill["serialNumber"])
    assert json.loads(made()) == bill

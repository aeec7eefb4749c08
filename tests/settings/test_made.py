"""What is made from the keys: the schema, the page, and the commented file; all fresh and true."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from converter.problems import Stopped
from converter.settings import Bp, Crm, Link, Settings
from converter.settings.alerting import Alerts, Heartbeat, Mail, Webhook
from converter.settings.keys import keys_of
from converter.settings.model import Login
from converter.settings.page import page
from converter.settings.schema import schema, schema_text
from converter.settings.template import template
from tests.conftest import ROOT
from tests.settings.files import SMALLEST, settings

CHANNELS = {"mail": Mail, "webhook": Webhook, "heartbeat": Heartbeat}
TABLES: dict[str, Any] = {
    "": Settings,
    "[[link]]": Link,
    "[link.crm]": Crm,
    "[link.crm.login]": Login,
    "[link.bp]": Bp,
    "[link.bp.login]": Login,
    "[alerts]": Alerts,
    **{f"[alerts.{name}]": table for name, table in CHANNELS.items()},
}
_PLACES = {
    "env": "CRM_ZIP_PASSWORD",
    "file": "zip.password",
    "command": ("pass", "show", "1c/zip"),
}
_OUT = re.compile(r"^# (\w+ = .*|\[[\w.]+\])$", re.MULTILINE)


def described() -> dict[str, dict[str, Any]]:
    """The tables of the schema by their headers."""
    top = schema()
    link = top["properties"]["link"]["items"]
    inner = {f"[link.{side}]": link["properties"][side] for side in ("crm", "bp")}
    logins = {
        f"[link.{side}.login]": inner[f"[link.{side}]"]["properties"]["login"]
        for side in ("crm", "bp")
    }
    alerts = top["properties"]["alerts"]
    channels = {f"[alerts.{name}]": alerts["properties"][name] for name in CHANNELS}
    return {"": top, "[[link]]": link, **inner, **logins, "[alerts]": alerts, **channels}


# -- the schema ----------------------------------------------------------------------------------


def test_the_committed_schema_is_what_the_keys_say() -> None:
    committed = ROOT / "schemas" / "settings.json"
    assert committed.read_text(encoding="utf-8") == schema_text(), "run: make schemas"


def test_the_committed_page_is_what_the_keys_say() -> None:
    committed = ROOT / "docs" / "settings.md"
    assert committed.read_text(encoding="utf-8") == page(), "run: make docs"


@pytest.mark.parametrize(
    ("module", "text"),
    [("converter.settings.schema", schema_text()), ("converter.settings.page", page())],
)
def test_both_are_printed_as_they_are_committed(module: str, text: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-m", module], cwd=ROOT, check=True, capture_output=True
    )
    assert done.stdout == text.encode()


def test_the_schema_knows_the_keys_that_are_taken_and_no_others() -> None:
    tables = described()
    for header, table in TABLES.items():
        assert list(tables[header]["properties"]) == list(keys_of(table))
        assert tables[header]["additionalProperties"] is False
    assert {header: each["required"] for header, each in tables.items()} == {
        "": ["link"],
        "[[link]]": ["name", "crm", "bp"],
        "[link.crm]": ["code", "folder"],
        "[link.bp]": ["code", "folder"],
        "[link.crm.login]": [],
        "[link.bp.login]": [],
        "[alerts]": [],
        "[alerts.mail]": ["server", "sender", "to"],
        "[alerts.webhook]": ["url"],
        "[alerts.heartbeat]": ["url"],
    }


def test_every_key_is_described_in_both_languages() -> None:
    for table in described().values():
        for name, key in table["properties"].items():
            assert key["title"] == name
            ru, en = key["description"].split("\n")
            assert re.search("[а-яё]", ru)
            assert re.search("[a-z]", en)


@pytest.mark.parametrize(
    "code", ["CRM", "НФ", "a b", "a", "a/b", "a[b", " a", "a.", "", "x" * 36, "x" * 37, "a:b"]
)
def test_an_editor_says_of_a_code_what_the_program_says(code: str, tmp_path: Path) -> None:
    key = described()["[link.crm]"]["properties"]["code"]
    fits = bool(re.search(key["pattern"], code)) and len(code) <= key["maxLength"]
    text = SMALLEST.replace('"CRM"', json.dumps(code))
    try:
        settings(tmp_path, text)
    except Stopped:
        assert not fits
    else:
        assert fits


@pytest.mark.parametrize(
    "name",
    ["conflicts", "files", "version", "format", "invoice", "transliterate", "silence_days"],
)
def test_an_editor_offers_what_the_program_takes(name: str, tmp_path: Path) -> None:
    for header, table in described().items():
        key = table["properties"].get(name)
        if key is None:
            continue
        for value in key.get("enum", [True, False]):
            head = SMALLEST.replace("[[link]]\n", f"[[link]]\n{name} = {json.dumps(value)}\n")
            text = head if header == "[[link]]" else ""
            if header.startswith("[link."):
                text = SMALLEST.replace(header, f"{header}\n{name} = {json.dumps(value)}")
            if header == "[link.crm]" and name in ("version", "invoice"):
                text = text.replace(header, f'{header}\nformat = "enterprisedata"')
            [link] = settings(tmp_path, text).link
            holder = {"[link.crm]": link.crm, "[link.bp]": link.bp}.get(header, link)
            assert getattr(holder, name) == value


# -- the page ------------------------------------------------------------------------------------


def test_the_page_explains_every_key() -> None:
    for header, table in TABLES.items():
        heading = "`[link.crm.login]`" if "login" in header else f"`{header}`"
        section = page().partition(f"## {heading}" if header else "## At the top")[2]
        rows = re.findall(r"^\| `(\w+)` \|", section.partition("\n## ")[0], re.MULTILINE)
        assert rows == list(keys_of(table))


def test_the_file_that_the_page_shows_works(tmp_path: Path) -> None:
    shown = re.search(r"```toml\n(.*?)```", page(), re.DOTALL)
    assert shown is not None
    assert settings(tmp_path, shown[1]) == settings(tmp_path, SMALLEST)


# -- the commented file --------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_the_commented_file_is_the_smallest_one_with_words(lang: str, tmp_path: Path) -> None:
    assert settings(tmp_path, template(lang)) == settings(tmp_path, SMALLEST)
    words = re.findall(r"^# (?!\w+ = |\[)(.*)$", template(lang), re.MULTILINE)
    assert len(words) >= sum(len(keys_of(table)) for table in TABLES.values())
    cyrillic = [line for line in words if re.search("[а-яё]{4}", line)]
    assert len(cyrillic) > 15 if lang == "ru" else len(cyrillic) < 5
    assert max(map(len, template(lang).splitlines())) <= 100


@pytest.mark.parametrize("lang", ["ru", "en"])
def test_what_is_commented_out_can_be_put_in_as_it_stands(lang: str, tmp_path: Path) -> None:
    lines = _OUT.findall(template(lang))
    optional = [
        name
        for header, table in TABLES.items()
        for name, key in keys_of(table).items()
        if key.table is None and ("alerts" in header or not key.required)
    ]
    plain_lines = [line for line in lines if not line.startswith("[")]
    assert [line.split(" = ")[0] for line in plain_lines] == optional
    assert [line for line in lines if line.startswith("[")] == [
        header for header in TABLES if "alerts" in header
    ]
    secrets = re.compile(r"^# ((?:(?:state_)?password|secret)_\w+ = .*)$", re.MULTILINE)
    for chosen, value in _PLACES.items():  # a password has one place
        text = _OUT.sub(lambda line: line[0] if secrets.match(line[0]) else line[1], template(lang))
        text = re.sub(
            rf"^# (((?:state_)?password|secret)_{chosen} = )", r"\1", text, flags=re.MULTILINE
        )
        text = text.replace("example.ru/converter", "example.ru/{secret}")
        whole = settings(tmp_path, text)
        [found] = whole.link
        expected = tmp_path / value if isinstance(value, str) and chosen == "file" else value
        assert getattr(found.crm, f"password_{chosen}") == expected
        assert whole.alerts is not None
        assert getattr(whole.alerts.mail, f"password_{chosen}") is not None
        for each in (whole.alerts.webhook, whole.alerts.heartbeat):
            assert getattr(each, f"secret_{chosen}") is not None
    assert found.archive == tmp_path / "exchange" / "archive"
    [plain] = settings(tmp_path, SMALLEST).link
    for name in ("plan", "conflicts", "settle", "transliterate"):
        assert getattr(found, name) == getattr(plain, name), "the defaults are shown"
    assert (found.bp.version, found.bp.files) == (plain.bp.version, plain.bp.files)

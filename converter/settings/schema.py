"""``python -m converter.settings.schema`` prints schemas/settings.json, for editors of exchange.toml."""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec
from msgspec import Struct

from converter.formats import enterprise_data
from converter.settings.keys import Key, keys_of
from converter.settings.model import Settings


def schema() -> dict[str, Any]:
    """The JSON Schema of exchange.toml; titles and descriptions in both languages."""
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": "exchange.toml",
        "description": "Настройки обмена между CRM и 1С:Бухгалтерией\n"
        "Settings of the exchange between a CRM and 1C:Бухгалтерия",
        **_table(Settings),
    }


def schema_text() -> str:
    """The schema as the file has it."""
    return json.dumps(schema(), ensure_ascii=False, indent=2) + "\n"


def _table(struct: type[Struct]) -> dict[str, Any]:
    keys = keys_of(struct).values()
    return {
        "type": "object",
        "properties": {key.name: _described(key) for key in keys},
        "required": [key.name for key in keys if key.required],
        "additionalProperties": False,
    }


def _described(key: Key) -> dict[str, Any]:
    found = {"title": key.name, "description": f"{key.says.ru}\n{key.says.en}", **_value(key)}
    if key.default is not None:
        found["default"] = key.default
    if key.sample:
        found["examples"] = [key.sample]
    return found


def _value(key: Key) -> dict[str, Any]:
    if key.table is not None:
        table = _table(key.table)
        return {"type": "array", "items": table, "minItems": 1} if key.many else table
    if key.name == "version":
        auto = ["auto"] if key.default == "auto" else []
        return {"enum": [*auto, *enterprise_data().versions]}
    if key.path:
        return {"type": "string", "pattern": r"\S"}
    found: dict[str, Any] = msgspec.json.schema(key.type)
    choices = [each for each in found.get("anyOf", [found]) if each != {"type": "null"}]
    return {name: value for name, value in choices[0].items() if name != "default"}


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(schema_text())

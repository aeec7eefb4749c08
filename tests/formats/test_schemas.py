"""The committed schemas are what the formats say, and both validators take them."""

from __future__ import annotations

import xmlschema
from lxml import etree

from converter.formats import dialects
from converter.formats.schemas import schema, schema_path, schema_root
from converter.formats.xsd import schema_files


def test_the_committed_schemas_are_fresh() -> None:
    stale = [
        name
        for name, text in schema_files()
        if (schema_root() / name).read_text(encoding="utf-8") != text
    ]
    assert stale == [], "run: make schemas"


def test_no_schema_lies_there_that_nobody_makes() -> None:
    made = {name for name, _ in schema_files()}
    found = {
        str(path.relative_to(schema_root()).as_posix()) for path in schema_root().rglob("*.xsd")
    }
    assert found == made


def test_lxml_takes_every_schema() -> None:
    for dialect in dialects():
        assert schema(dialect) is schema(dialect)
        etree.XMLSchema(etree.parse(str(schema_path(dialect, "Message.xsd"))))


def test_xmlschema_takes_the_first_and_the_last() -> None:
    for dialect in (dialects()[0], dialects()[1], dialects()[-1]):
        assert xmlschema.XMLSchema10(str(schema_path(dialect))).elements

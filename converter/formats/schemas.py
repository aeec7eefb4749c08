"""The schemas at work: lxml judges, and says yes or no quickly.

Why it said no is told by `converter.formats.explain`, which is slow and loaded only then.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from lxml import etree

from converter.formats import Dialect


def schema_root() -> Path:
    """The folder of schemas: inside an installed package, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "schemas"
    return inside if inside.is_dir() else package.parent / "schemas"


def schema_path(dialect: Dialect, name: str = "Body.xsd") -> Path:
    """The file of one schema of a dialect: ``Body.xsd`` or ``Message.xsd``."""
    return schema_root() / dialect.schema_folder / name


@cache
def schema(dialect: Dialect) -> etree.XMLSchema:
    """The compiled schema of a dialect's objects; each object can be judged alone."""
    parser = etree.XMLParser(
        resolve_entities=False, load_dtd=False, no_network=True, remove_blank_text=True
    )
    return etree.XMLSchema(etree.parse(str(schema_path(dialect)), parser))

"""The floor: lxml parses a message and judges it object by object, and nothing else is done.

``python -m bench.floor SCHEMA MESSAGE [SCHEMA MESSAGE]``; a ``-`` for a schema parses only.
"""

from __future__ import annotations

import sys

from lxml import etree

_XS = "{http://www.w3.org/2001/XMLSchema}"


def run(schema_path: str, message: str) -> int:
    """Parse and judge one message; returns its objects. Raises `ValueError` where one is refused."""
    judge = None if schema_path == "-" else etree.XMLSchema(etree.parse(schema_path))
    namespace, tags = _objects(schema_path, message)
    count = 0
    for _, element in etree.iterparse(message, tag=tags or f"{namespace}*", collect_ids=False):
        parent = element.getparent()
        if parent is None or (not tags and parent.tag != f"{namespace}Body"):
            continue
        if judge is not None and not judge.validate(element):
            raise ValueError(f"{message}: {judge.error_log[0]}")
        count += 1
        element.clear()
        del parent[0]
    return count


def _objects(schema_path: str, message: str) -> tuple[str, list[str]]:
    """The namespace of a message, and the names of the objects that its schema has."""
    body = next(each for _, each in etree.iterparse(message, ("start",), tag="{*}Body"))
    namespace = f"{{{etree.QName(body).namespace}}}"
    if schema_path == "-":
        return namespace, []
    root = etree.parse(schema_path).getroot()
    names = [str(each.get("name")) for each in root.findall(f"{_XS}element")]
    return namespace, [f"{namespace}{name}" for name in names if name != "Body"]


if __name__ == "__main__":
    for pair in range(1, len(sys.argv), 2):
        run(sys.argv[pair], sys.argv[pair + 1])

"""Whether two messages hold the same objects: what stands in Body, white space between tags apart.

``python -m bench.content ONE OTHER`` prints the first difference and ends with 1 where there is
one. The bench asks in a process of its own: a child's peak memory is never less than its parent's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path

from lxml import etree


def differences(one: Path, other: Path) -> Iterator[tuple[str, str]]:
    """Pairs of elements that differ, each as a line of name and text, in the order of the message."""
    for mine, theirs in zip_longest(_lines(one), _lines(other), fillvalue=""):
        if mine != theirs:
            yield mine, theirs


def _lines(path: Path) -> Iterator[str]:
    root = etree.parse(path).getroot()
    body = next(child for child in root if etree.QName(child).localname == "Body")
    for element in body.iter():
        yield f"{element.tag!s} {'' if len(element) else element.text or ''}".rstrip()


if __name__ == "__main__":
    for mine, theirs in differences(Path(sys.argv[1]), Path(sys.argv[2])):
        sys.exit(f"{mine} / {theirs}")

"""A message of any size, made from a sample: ``python scripts/large_message.py SAMPLE COUNT OUT``.

The objects of the sample are repeated, each time with other GUIDs, numbers and sums of one kopeck
more or less where nothing else depends on them, so that no two objects are the same.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

_GUID = re.compile(r"\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")
_NUMBER = re.compile(r"(<Номер>)(?:СЧ-|00БП-)(\d+)(</Номер>)")
_BODY = re.compile(r"(.*?<Body[^>]*>\s*)(.*?)(\s*</Body>.*)", re.DOTALL)


def enlarge(sample: str, copies: int, out: Path) -> None:
    """Write the sample's message with its objects repeated ``copies`` times."""
    match = _BODY.fullmatch(sample)
    if match is None:
        raise SystemExit("no message")
    head, body, tail = match.groups()
    body = re.sub(r"\s*<УдалениеОбъекта>.*?</УдалениеОбъекта>", "", body, flags=re.DOTALL)
    with out.open("w", encoding="utf-8", newline="\n") as file:
        file.write(head)
        for copy in range(copies):
            file.write(_vary(body, copy))
            file.write("\n")
        file.write(tail)


def _vary(body: str, copy: int) -> str:
    tail = f"{copy:012x}"
    varied = _GUID.sub(lambda match: match[0][:24] + tail, body)
    return _NUMBER.sub(
        lambda match: f"{match[1]}{int(match[2]) % 100:03}{copy:07}{match[3]}", varied
    )


if __name__ == "__main__":
    enlarge(Path(sys.argv[1]).read_text(encoding="utf-8"), int(sys.argv[2]), Path(sys.argv[3]))

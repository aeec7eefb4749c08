"""Changes of a text that keep most of it: pieces are cut out, doubled, moved, and replaced."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from random import Random

#: values that arithmetic, dates and texts stumble over
VALUES = (
    b"", b" ", b"0", b"-0", b"-1", b"1e9", b"NaN", b"9" * 30, b"0.005", b"1,5", b"true", b"\0",
    b"2026-02-30", b"0001-01-01T00:00:00", b"9999-12-31T23:59:59", b"\xef\xbf\xbf", b"\xff",
    b"00000000-0000-0000-0000-000000000000", "я".encode() * 300, b"&lt;", b"&#x1F600;", b"]]>",
)  # fmt: skip
_PIECE = re.compile(rb"<[^<>]*>|[^<>]+")
#: bounded, so that no text makes the search itself hang
_ELEMENT = re.compile(rb"<([^\s<>/]{1,80})(?:\s[^<>]{0,400})?>[^<>]{0,4000}</\1>")

Change = Callable[[bytes, Random], bytes]


def _value(data: bytes, random: Random) -> bytes:
    return _at(_PIECE, data, random, lambda piece: random.choice(VALUES))


def _gone(data: bytes, random: Random) -> bytes:
    return _at(random.choice((_PIECE, _ELEMENT)), data, random, lambda piece: b"")


def _doubled(data: bytes, random: Random) -> bytes:
    count = random.choice((2, 3, 100))
    return _at(random.choice((_PIECE, _ELEMENT)), data, random, lambda piece: piece * count)


def _moved(data: bytes, random: Random) -> bytes:
    """One element in the place of another."""
    found = [match.span() for match in _ELEMENT.finditer(data)]
    if not found:
        return data
    (start, end), (first, last) = random.choice(found), random.choice(found)
    return data[:start] + data[first:last] + data[end:]


def _bytes(data: bytes, random: Random) -> bytes:
    place = random.randint(0, len(data))
    more = random.randbytes(random.choice((0, 1, 4)))
    return data[:place] + more + data[place + random.choice((0, 1, 1, 16, 400)) :]


def _cut(data: bytes, random: Random) -> bytes:
    return data[: random.randint(0, len(data))]


CHANGES: Sequence[Change] = (_value, _value, _gone, _doubled, _moved, _bytes, _bytes, _cut)


def changed(data: bytes, random: Random, words: Sequence[str] = ()) -> bytes:
    """The data with a few changes; the same generator in the same state gives the same."""
    for _ in range(random.choice((1, 1, 2, 4))):
        if words and random.random() < 0.15:
            place = random.randint(0, len(data))
            data = data[:place] + random.choice(words).encode() + data[place:]
        else:
            data = random.choice(CHANGES)(data, random)
    return data


def _at(
    pattern: re.Pattern[bytes], data: bytes, random: Random, make: Callable[[bytes], bytes]
) -> bytes:
    found = [match.span() for match in pattern.finditer(data)]
    if not found:
        return data
    start, end = random.choice(found)
    return data[:start] + make(data[start:end]) + data[end:]

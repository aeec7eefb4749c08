"""What the commands that read the state share in showing it: sides, times, long lists."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

import click

from converter.cli.words import counted, say
from converter.views import words as words_of

#: the two bases by their sides
SIDES = {side: say(*words) for side, words in words_of.SIDES.items()}


def objects(count: int) -> str:
    """``1 object``, ``2 objects``, ``no objects``."""
    if not count:
        return say("без объектов", "no objects")
    return counted(count, ("объект", "объекта", "объектов"), ("object", "objects"))


def local(moment: datetime) -> str:
    """A moment of the state, which is in UTC, as the user's clock showed it."""
    return f"{moment.replace(tzinfo=UTC).astimezone():%Y-%m-%d %H:%M:%S}"


def utc(moment: datetime | None) -> str | None:
    """A moment of the state for programs, marked as UTC."""
    return None if moment is None else f"{moment.isoformat()}Z"


def print_json_list(values: Iterable[Any]) -> None:
    """One JSON list on stdout, a value a line, written as they come: there may be very many."""
    before = "[\n"
    for value in values:
        sys.stdout.write(before + json.dumps(value, ensure_ascii=False))
        before = ",\n"
    click.echo("[]" if before == "[\n" else "\n]")

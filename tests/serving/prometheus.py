"""A strict reader of Prometheus's text format, for tests."""

from __future__ import annotations

import re

_LINE = re.compile(
    r'([a-z_]+)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\n"])*",?)+)\})? (-?[0-9.e+]+|\+Inf)'
)
_LABEL = re.compile(r'([a-z_]+)="((?:[^"\\]|\\[\\n"])*)"')
_PARTS = ("_bucket", "_sum", "_count")

Samples = dict[tuple[str, frozenset[tuple[str, str]]], float]


def read(text: str) -> tuple[dict[str, str], Samples]:
    """The kinds of metrics by name, and every sample by name and labels."""
    assert text.endswith("\n")
    kinds: dict[str, str] = {}
    helped: set[str] = set()
    samples: Samples = {}
    for line in text.splitlines():
        if line.startswith("# HELP "):
            helped.add(line.split(" ")[2])
        elif line.startswith("# TYPE "):
            _, _, name, kind = line.split(" ")
            assert name in helped
            assert name not in kinds
            kinds[name] = kind
        else:
            match = _LINE.fullmatch(line)
            assert match is not None, line
            labels = frozenset(
                (name, re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], value))
                for name, value in _LABEL.findall(match[2] or "")
            )
            assert metric_of(match[1], kinds) is not None, line
            assert (match[1], labels) not in samples, line
            samples[match[1], labels] = float(match[3])
    return kinds, samples


def metric_of(name: str, kinds: dict[str, str]) -> str | None:
    """The metric that a name belongs to: parts of a histogram belong to that."""
    for part in _PARTS:
        if name.endswith(part) and kinds.get(name.removesuffix(part)) == "histogram":
            return name.removesuffix(part)
    return name if kinds.get(name, "histogram") != "histogram" else None

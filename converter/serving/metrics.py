"""Figures for Prometheus, in its text format 0.0.4. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple

from converter import __version__
from converter.serving.passes import BOUNDS, Passed
from converter.views.status import BaseView, LinkView

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"

#: labels and a value
Sample = tuple[dict[str, str], float]


class Metric(NamedTuple):
    """The name, the kind and the meaning of a figure."""

    name: str
    kind: str
    help: str


INFO = Metric("converter_info", "gauge", "The version of the program.")
READABLE = Metric("converter_state_readable", "gauge", "1 where the state can be read, else 0.")
AGE = Metric(
    "converter_last_message_age_seconds",
    "gauge",
    "Since the last message was taken from a base, or written for it.",
)
WAITING = Metric("converter_waiting_objects", "gauge", "Objects due to a base.")
WAITED = Metric(
    "converter_waiting_seconds",
    "gauge",
    "Since the oldest message that a base has not acknowledged was written; 0 where there is none.",
)
STOPPED = Metric(
    "converter_base_stopped", "gauge", "1 where a base is left alone until somebody has looked."
)
HELD = Metric("converter_held_objects", "gauge", "Held objects, by the side that sent them.")
REJECTED = Metric("converter_rejected_files_total", "counter", "Files rejected so far.")
UNLINKED = Metric("converter_unlinked_operations", "gauge", "Operations without an invoice.")
PROPOSED = Metric(
    "converter_unlinked_proposed_operations",
    "gauge",
    "Operations without an invoice for which one is proposed.",
)
PASSES = Metric("converter_passes_total", "counter", "Passes of this process, by how they ended.")
SECONDS = Metric("converter_pass_seconds", "histogram", "How long the passes of this process took.")
PASSED = Metric(
    "converter_last_pass_age_seconds", "gauge", "Since the last pass ended, however it did."
)
AWAY = Metric(
    "converter_folder_away", "gauge", "1 where a folder could not be used in the last pass."
)
METRICS = (
    INFO, READABLE, AGE, WAITING, WAITED, STOPPED, HELD, REJECTED, UNLINKED, PROPOSED, PASSES,
    SECONDS, PASSED, AWAY,
)  # fmt: skip


def exposition(
    views: Sequence[LinkView] | None, passed: dict[str, Passed], now: datetime, clock: float
) -> str:
    """All figures. ``views`` None: the state cannot be read. ``now`` is in UTC, as the state is;
    ``clock`` is the time of the clock that counted the passes."""
    lines = [
        *_metric(INFO, [({"version": __version__}, 1)]),
        *_metric(READABLE, [({}, views is not None)]),
        *_of_passes(passed, clock),
    ]
    if views is not None:
        lines += _of_state([view for view in views if view.begun is not None], now)
    return "".join(f"{line}\n" for line in lines)


def _of_state(views: list[LinkView], now: datetime) -> Iterator[str]:
    bases = [(_base(view, base), base) for view in views for base in (view.crm, view.bp)]
    yield from _metric(AGE, _ages(bases, now))
    yield from _metric(WAITING, ((labels, base.waiting) for labels, base in bases))
    waited = (
        (labels, 0.0 if base.since is None else _since(base.since, now)) for labels, base in bases
    )
    yield from _metric(WAITED, waited)
    yield from _metric(STOPPED, ((labels, base.alarm is not None) for labels, base in bases))
    held = (
        (_base(view, base), sum(each.side == base.side for each in view.held))
        for view in views
        for base in (view.crm, view.bp)
    )
    yield from _metric(HELD, held)
    yield from _metric(REJECTED, ((_link(view), view.rejected) for view in views))
    yield from _metric(UNLINKED, ((_link(view), len(view.unlinked)) for view in views))
    proposed = (
        (_link(view), sum(bool(each.proposals) for each in view.unlinked)) for view in views
    )
    yield from _metric(PROPOSED, proposed)


def _ages(bases: list[tuple[dict[str, str], BaseView]], now: datetime) -> Iterator[Sample]:
    for labels, base in bases:
        for way, last in (("taken", base.taken), ("written", base.written)):
            if last is not None:
                yield {**labels, "way": way}, _since(last.at, now)


def _of_passes(passed: dict[str, Passed], clock: float) -> Iterator[str]:
    outcomes = (
        ({"link": link, "outcome": outcome}, count)
        for link, each in passed.items()
        for outcome, count in each.outcomes.items()
    )
    yield from _metric(PASSES, outcomes)
    yield from _head(SECONDS)
    for link, each in passed.items():
        counts = zip([*map(str, BOUNDS), "+Inf"], [*each.within, each.total], strict=True)
        for bound, count in counts:
            yield _line(f"{SECONDS.name}_bucket", {"link": link, "le": bound}, count)
        yield _line(f"{SECONDS.name}_sum", {"link": link}, each.seconds)
        yield _line(f"{SECONDS.name}_count", {"link": link}, each.total)
    ended = (
        ({"link": link}, max(0.0, clock - each.ended))
        for link, each in passed.items()
        if each.ended is not None
    )
    yield from _metric(PASSED, ended)
    away = (
        ({"link": link, "side": side}, side in each.away)
        for link, each in passed.items()
        for side in ("crm", "bp")
    )
    yield from _metric(AWAY, away)


def _link(view: LinkView) -> dict[str, str]:
    return {"link": view.name}


def _base(view: LinkView, base: BaseView) -> dict[str, str]:
    return {"link": view.name, "side": base.side}


def _since(moment: datetime, now: datetime) -> float:
    return max(0.0, (now - moment).total_seconds())


# -- the format ----------------------------------------------------------------------------------


def _metric(metric: Metric, samples: Iterable[Sample]) -> Iterator[str]:
    yield from _head(metric)
    for labels, value in samples:
        yield _line(metric.name, labels, value)


def _head(metric: Metric) -> Iterator[str]:
    yield f"# HELP {metric.name} {metric.help}"
    yield f"# TYPE {metric.name} {metric.kind}"


def _line(name: str, labels: dict[str, str], value: float) -> str:
    inside = ",".join(f'{label}="{_escaped(text)}"' for label, text in labels.items())
    return f"{name}{{{inside}}} {_number(value)}" if inside else f"{name} {_number(value)}"


def _number(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(round(value, 6))


def _escaped(text: str) -> str:
    return text.replace("\\", r"\\").replace("\n", r"\n").replace('"', r"\"")

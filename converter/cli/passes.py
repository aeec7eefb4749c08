"""A pass of a link in words and as JSON: one line where all is well."""

from __future__ import annotations

from typing import Any

import click

from converter.cli.console import Manner, problem_json, problem_text
from converter.cli.showing import SIDES, objects
from converter.cli.words import say
from converter.exchange.report import Report, Written
from converter.problems import Problem, Severity

_EVENTS = {
    "conflict": say("конфликт: изменено с обеих сторон", "conflict: changed on both sides"),
    "withdrawn": say("отозван в БП", "withdrawn in BP"),
    "restored": say("ждём полную выгрузку из", "awaiting the complete contents of"),
}


def tell(report: Report, manner: Manner, planned: bool = False, stamp: str = "") -> None:
    """Say what a pass did, or would do: problems first, each with its cure, then one line.

    ``stamp`` is the time, where that is said.
    """
    for problem in [*report.problems, *(problem for _, problem in report.away)]:
        if not (manner.quiet and problem.kind.severity is Severity.WARN):
            click.echo(stamp + problem_text(problem, report.link), err=True)
    if not manner.quiet:
        line = summary(report, planned)
        if not line and not report.problems and not report.away:
            line = say(f"{report.link}: ничего нового", f"{report.link}: nothing new")
        if line:
            click.echo(stamp + line, err=True)


def summary(report: Report, planned: bool = False) -> str:
    """The line of a pass; empty where nothing happened."""
    parts = []
    for taken in report.taken:
        side = SIDES[taken.side]
        parts.append(
            say(
                f"{side} → №{taken.number}, {objects(taken.objects)}",
                f"{side} → no. {taken.number}, {objects(taken.objects)}",
            )
        )
    for event, side in report.events:
        if event == "greeted":
            parts.append(say(f"{SIDES[side]} → приветствие", f"{SIDES[side]} → greeting"))
    parts += [_written(each) for each in report.written]
    for aside in report.aside:
        parts.append(
            say(f"отложен в rejected: {aside.file}", f"set aside in rejected: {aside.file}")
        )
    for event, subject in report.events:
        if event != "greeted":
            called = report.names.get(subject)
            label = SIDES.get(subject) or (subject if called is None else say(*called))
            parts.append(f"{_EVENTS.get(event, event)} {label}")
    if report.held:
        parts.append(say(f"задержано: {report.held}", f"held: {report.held}"))
    if report.released:
        parts.append(
            say(f"больше не задержано: {report.released}", f"no longer held: {report.released}")
        )
    for side, name in report.waiting:
        parts.append(
            say(
                f"{SIDES[side]}: {name} ещё записывается",
                f"{SIDES[side]}: {name} is still being written",
            )
        )
    if not parts:
        return ""
    head = say("план, ничего не сделано: ", "a plan, nothing was done: ") if planned else ""
    return f"{report.link}: {head}{'; '.join(parts)}"


def _written(each: Written) -> str:
    side = SIDES[each.side]
    if each.number == 0:
        return say(f"{side} ← приветствие", f"{side} ← greeting")
    again = say(" (ещё раз)", " (again)") if each.again else ""
    if each.objects == 0:
        return say(
            f"{side} ← №{each.number}{again}, подтверждение {each.received}",
            f"{side} ← no. {each.number}{again}, acknowledges {each.received}",
        )
    return say(
        f"{side} ← №{each.number}{again}, {objects(each.objects)}",
        f"{side} ← no. {each.number}{again}, {objects(each.objects)}",
    )


def report_json(report: Report) -> dict[str, Any]:
    """A pass with stable names."""
    return {
        "name": report.link,
        "taken": [
            {"side": t.side, "number": t.number, "objects": t.objects, "file": t.file}
            for t in report.taken
        ],
        "written": [
            {
                "side": w.side,
                "number": w.number,
                "received": w.received,
                "objects": w.objects,
                "file": w.file,
                "again": w.again,
            }
            for w in report.written
        ],
        "rejected": [
            {"side": a.side, "file": a.file, **problem_json(a.problem)} for a in report.aside
        ],
        "waiting": [{"side": side, "file": name} for side, name in report.waiting],
        "events": [{"event": event, "object": subject} for event, subject in report.events],
        "held": report.held,
        "released": report.released,
        "problems": [problem_json(problem) for problem in report.problems],
        "away": [{"side": side, **problem_json(problem)} for side, problem in report.away],
    }


def failed_json(link: str, problem: Problem) -> dict[str, Any]:
    """A link that could not be worked."""
    return {"name": link, "error": problem_json(problem)}

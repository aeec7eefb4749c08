"""A pass of a link in words and as JSON: one line where all is well."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from converter.cli.console import Manner, problem_json
from converter.cli.log import Log
from converter.cli.showing import SIDES, objects
from converter.cli.words import say
from converter.exchange.report import Report, SetAside, Taken, Written
from converter.problems import Problem, Said, Severity
from converter.problems.visible import visible

_EVENTS = {
    "conflict": say("изменено с обеих сторон", "changed on both sides"),
    "withdrawn": say("отозван в БП", "withdrawn in BP"),
    "restored": say("ждём полную выгрузку из", "awaiting the complete contents of"),
}


class Piece(NamedTuple):
    """One event of a pass: its stable name, what it says to people, and its values."""

    event: str
    text: str
    fields: dict[str, Any]


def tell(report: Report, manner: Manner, planned: bool = False, log: Log | None = None) -> None:
    """Say what a pass did, or would do: problems first, each with its cure, then one line; in a log
    of JSON a line for each event."""
    log = log or Log()
    sides = [("", problem) for problem in report.problems]
    for side, problem in [*sides, *report.away]:
        if not (manner.quiet and problem.kind.severity is Severity.WARN):
            log.problem(problem, report.link, side=side)
    if manner.quiet:
        return
    found = pieces(report)
    if log.as_json:
        for piece in found:
            log.event(
                piece.event, piece.text, link=report.link, **_planned(planned), **piece.fields
            )
        return
    line = _summary(report.link, found, planned)
    if not line and not report.problems and not report.away:
        line = say(f"{report.link}: ничего нового", f"{report.link}: nothing new")
    if line:
        log.event("pass", line)


def _planned(planned: bool) -> dict[str, Any]:
    return {"plan": True} if planned else {}


def _summary(link: str, found: list[Piece], planned: bool) -> str:
    """The line of a pass; empty where nothing happened."""
    if not found:
        return ""
    head = say("план, ничего не сделано: ", "a plan, nothing was done: ") if planned else ""
    return f"{link}: {head}{'; '.join(visible(piece.text) for piece in found)}"


def pieces(report: Report) -> list[Piece]:
    """What a pass did, event by event."""
    greeted = [side for event, side in report.events if event == "greeted"]
    return [
        *(_taken(each) for each in report.taken),
        *(
            Piece("greeted", f"{SIDES[side]} → " + say("приветствие", "greeting"), {"side": side})
            for side in greeted
        ),
        *(_written(each) for each in report.written),
        *(_aside(each) for each in report.aside),
        *(
            _event(event, subject, report.names)
            for event, subject in report.events
            if event != "greeted"
        ),
        *_counted(report),
        *(_waiting(side, name) for side, name in report.waiting),
    ]


def _taken(each: Taken) -> Piece:
    side = SIDES[each.side]
    text = say(
        f"{side} → №{each.number}, {objects(each.objects)}",
        f"{side} → no. {each.number}, {objects(each.objects)}",
    )
    return Piece("taken", text, each._asdict())


def _written(each: Written) -> Piece:
    return Piece("written", _written_text(each), each._asdict())


def _written_text(each: Written) -> str:
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


def _aside(each: SetAside) -> Piece:
    text = say(f"отложен в rejected: {each.file}", f"set aside in rejected: {each.file}")
    fields = {"side": each.side, "file": each.file, "id": each.problem.kind.id}
    return Piece("rejected", text, fields)


def _event(event: str, subject: str, names: Mapping[str, Said]) -> Piece:
    """An event of a base, or of an object: people know that by another name than programs."""
    what = _EVENTS.get(event, event)
    if subject in SIDES:
        return Piece(event, f"{what} {SIDES[subject]}", {"side": subject})
    name = names.get(subject)
    label = subject if name is None else say(*name)
    return Piece(event, f"{what}: {label}", {"object": label, "key": subject})


def _counted(report: Report) -> Iterator[Piece]:
    if report.held:
        text = say(f"задержано: {report.held}", f"held: {report.held}")
        yield Piece("held", text, {"count": report.held})
    if report.released:
        text = say(f"больше не задержано: {report.released}", f"no longer held: {report.released}")
        yield Piece("released", text, {"count": report.released})


def _waiting(side: str, name: str) -> Piece:
    text = say(
        f"{SIDES[side]}: {name} ещё записывается", f"{SIDES[side]}: {name} is still being written"
    )
    return Piece("waiting", text, {"side": side, "file": name})


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


def tell_left(link: str, log: Log) -> None:
    """Say that a link was left to another process."""
    words = say(
        f"{link}: проход только что сделал другой процесс",
        f"{link}: another process has just made the pass",
    )
    log.event("left", words, link=link)


def left_json(link: str) -> dict[str, Any]:
    """A link that was left to another process."""
    return {**report_json(Report(link)), "left": True}


def failed_json(link: str, problem: Problem) -> dict[str, Any]:
    """A link that could not be worked."""
    return {"name": link, "error": problem_json(problem)}

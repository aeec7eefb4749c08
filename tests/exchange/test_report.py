"""What a report counts, forgets and takes over, and the exit status that it asks for (SPEC §7)."""

from __future__ import annotations

import pytest

from converter.exchange.report import Report, SetAside, Taken, Written
from converter.problems import Problem, Said
from converter.problems import catalogue as say

WARN, HOLD = say.VAT_ABSENT(row=1), say.SUM_NOT_ROWS(rows=1, total=2)
REJECT, ALARM = say.NUMBER_MISSING(), say.NUMBER_REUSED(number=1, side="crm")
NAME = Said("счёт 1", "invoice 1")


def full(number: int) -> Report:
    """A report that says something of everything."""
    report = Report("main")
    report.reading = f"{number}.xml"
    report.taken.append(Taken("crm", number, 1, "in.xml"))
    report.written.append(Written("bp", number, 1, 0, "out.xml"))
    report.aside.append(SetAside("crm", f"{number}.xml", REJECT))
    report.waiting.append(("crm", f"{number}.xml"))
    report.away.append(("bp", say.FOLDER_MISSING(folder=str(number))))
    report.tell(WARN.at(line=number))
    report.happened("withdrawn", f"key {number}", NAME if number == 1 else None)
    report.held, report.released = number, 10 * number
    return report


def test_what_another_pass_did_is_added() -> None:
    one, two = full(1), full(2)
    one.include(two)
    assert vars(one) == {
        "link": "main", "reading": "1.xml",
        "taken": [Taken("crm", 1, 1, "in.xml"), Taken("crm", 2, 1, "in.xml")],
        "written": [Written("bp", 1, 1, 0, "out.xml"), Written("bp", 2, 1, 0, "out.xml")],
        "aside": [SetAside("crm", "1.xml", REJECT), SetAside("crm", "2.xml", REJECT)],
        "waiting": [("crm", "1.xml"), ("crm", "2.xml")],
        "away": [("bp", say.FOLDER_MISSING(folder="1")), ("bp", say.FOLDER_MISSING(folder="2"))],
        "problems": [WARN.at(line=1, file="1.xml"), WARN.at(line=2, file="2.xml")],
        "events": [("withdrawn", "key 1"), ("withdrawn", "key 2")],
        "names": {"key 1": NAME}, "held": 3, "released": 30,
    }  # fmt: skip
    assert vars(two) == vars(full(2))
    three = Report("main")
    three.include(one)
    assert three.names == {"key 1": NAME}


def test_it_goes_back_to_where_it_stood() -> None:
    report = full(1)
    report.tell(HOLD)
    report.held = 5
    mark = report.mark()
    for number in range(3):
        report.tell(WARN)
        report.happened("conflict", f"{number}", None)
    report.happened("conflict", "last", None)
    report.held = 7
    report.back_to(mark)
    assert ([each.kind for each in report.problems], report.held) == ([WARN.kind, HOLD.kind], 5)
    assert report.events == [("withdrawn", "key 1")]


@pytest.mark.parametrize(
    ("problem", "status"), [(WARN, 0), (HOLD, 1), (REJECT, 1), (ALARM, 1)],
    ids=lambda each: each.kind.id if isinstance(each, Problem) else str(each),
)  # fmt: skip
def test_the_status_by_what_was_told(problem: Problem, status: int) -> None:
    report = Report("main")
    assert (report.status, report.did_something) == (0, False)
    report.tell(problem)
    assert (report.status, report.did_something) == (status, True)


@pytest.mark.parametrize(
    ("name", "value", "status", "said"),
    [
        ("taken", Taken("crm", 1, 1, "in.xml"), 0, True),
        ("written", Written("bp", 1, 1, 0, "out.xml"), 0, True),
        ("aside", SetAside("crm", "x.xml", REJECT), 1, True),
        ("waiting", ("crm", "x.xml"), 0, False),
        ("away", ("bp", say.FOLDER_MISSING(folder="x")), 3, True),
        ("events", ("greeted", "bp"), 0, True),
    ],
)
def test_the_status_by_what_happened(name: str, value: object, status: int, said: bool) -> None:
    report = Report("main")
    getattr(report, name).append(value)
    assert (report.status, report.did_something) == (status, said)


def test_the_status_of_a_pass_that_held_something() -> None:
    report = Report("main")
    report.held = 1
    assert report.status == 1
    report.held, report.released = 0, 1
    assert report.status == 0
    report.tell(HOLD)
    report.away.append(("bp", say.FOLDER_MISSING(folder="x")))
    assert report.status == 3  # what was not looked at at all is said first

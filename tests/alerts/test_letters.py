"""What an alert says, to people and to programs."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest
from msgspec.structs import replace

from converter.alerts.letters import FORMAT, SHOWN, Letter
from converter.problems import catalogue as say
from converter.problems.keeping import as_texts
from tests.alerts.news import NOW, PLACE, letter, trouble

MANY = [trouble(f"held/crm/{index}", object=f"№ {index}") for index in range(500)]


def test_an_object_with_its_cure_in_the_language_of_the_alerts() -> None:
    assert letter(language="en").text.splitlines() == [
        "Begun: 1",
        "",
        "  main · CRM · Документ.СчетНаОплату № СЧ-1: object held, since 2026-03-02 09:00",
        "    Сумма: the invoice's sum is 300, its rows add up to 200 [SUM_NOT_ROWS]",
        "    → recalculate the invoice in the CRM: its sum always includes VAT",
        "",
        "Wrong at present: 1.",
        "More: converter status -c /srv/exchange/exchange.toml (computer office)",
    ]
    text = letter(language="ru").text
    assert "объект задержан, с 2026-03-02 09:00" in text
    assert "→ пересчитайте счёт в CRM" in text


def test_times_are_those_of_the_zone() -> None:
    moscow = PLACE._replace(zone=timezone(timedelta(hours=3)))
    assert "since 2026-03-02 12:00" in letter()._replace(place=moscow).text


def test_the_end_says_from_when_to_when() -> None:
    over = replace(trouble(), gone=NOW + timedelta(hours=2))
    assert letter(ended=[over]).text.splitlines()[:2] == [
        "Over: 1",
        "  main · CRM · Документ.СчетНаОплату № СЧ-1: object held, 2026-03-02 09:00 – 2026-03-02 11:00",
    ]


def test_the_first_twenty_of_many_and_their_number() -> None:
    text = letter(MANY).text
    assert "Begun: 500" in text
    assert text.count("object held") == SHOWN == 20
    assert "… and 480 more" in text
    document = letter(MANY).document()
    assert (document["begun"]["count"], len(document["begun"]["shown"])) == (500, 20)


@pytest.mark.parametrize(
    ("begun", "ended", "subject"),
    [
        ([trouble()], [], "converter: main: object held"),
        (MANY, [], "converter: main: object held (500)"),
        (
            [trouble(), trouble("away/bp", side="bp")],
            [],
            "converter: main: object held; main: folder away",
        ),
        ([], [trouble("away/bp", gone=NOW)], "converter: main: folder away — well again"),
        ([trouble(link="x" * 300)], [], "converter: " + "x" * 149 + "…"),
        ([trouble(link="a\r\nBcc: b@c")], [], r"converter: a\r\nBcc: b@c: object held"),
    ],
)
def test_the_subject(begun: list, ended: list, subject: str) -> None:  # type: ignore[type-arg]
    assert letter(begun, ended).subject == subject


def test_names_from_outside_cannot_make_lines_of_their_own() -> None:
    name = "СЧ-1\nOver: 1\x1b[2J\u202e"
    kept = as_texts([say.PLAN_OTHER(plan=name, expected="x")])
    lines = letter([trouble(object=name, problems=kept)]).text.splitlines()
    assert "Over: 1" not in lines
    assert not any(character in "".join(lines) for character in "\x1b\u202e")


def test_the_document_for_programs() -> None:
    over = trouble("away/bp", side="bp", object="", gone=NOW + timedelta(minutes=3))
    document = letter([trouble()], [over]).document()
    assert document["format"] == FORMAT == "converter-alert/1"
    assert {name: document[name] for name in ("test", "at", "host", "settings", "standing")} == {
        "test": False,
        "at": "2026-03-02T09:00:00Z",
        "host": "office",
        "settings": "/srv/exchange/exchange.toml",
        "standing": 1,
    }
    assert document["begun"]["shown"] == [
        {
            "link": "main",
            "kind": "held",
            "key": "held/crm/1",
            "side": "crm",
            "object": "Документ.СчетНаОплату № СЧ-1",
            "since": "2026-03-02T09:00:00Z",
            "until": None,
            "problems": [
                {
                    "id": "SUM_NOT_ROWS",
                    "what": "the invoice's sum is 300, its rows add up to 200",
                    "cure": "recalculate the invoice in the CRM: its sum always includes VAT",
                }
            ],
        }
    ]
    [ended] = document["ended"]["shown"]
    assert (ended["kind"], ended["object"], ended["until"]) == (
        "away",
        None,
        "2026-03-02T09:03:00Z",
    )
    assert document["text"] == letter([trouble()], [over]).text


def test_the_id_is_that_of_the_news() -> None:
    later = letter()._replace(at=NOW + timedelta(hours=1), language="ru")
    assert letter().id == later.id
    others = [
        letter([trouble(since=NOW + timedelta(hours=1))]),
        letter([trouble("held/crm/2")]),
        letter(ended=[trouble(gone=NOW)]),
        letter()._replace(place=PLACE._replace(host="other")),
    ]
    assert len({letter().id, *(each.id for each in others)}) == 5


@pytest.mark.parametrize(("language", "word"), [("ru", "проба"), ("en", "test")])
def test_a_test_says_that_it_is_one(language: str, word: str) -> None:
    found = Letter(language, PLACE, NOW, None)
    assert word in found.subject and word in found.text
    document = found.document()
    assert document["test"] is True
    assert (document["begun"]["count"], document["ended"]["count"]) == (0, 0)

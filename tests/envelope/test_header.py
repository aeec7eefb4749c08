"""The header: read as 1C reads it, written as 1C writes it."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from converter.envelope.header import MSG, Header, ObjectType, read_header, write_header
from converter.problems import Rejected
from tests import messages


def parsed(text: str) -> Header:
    """A header's text, read."""
    return read_header(etree.fromstring(f'<Message xmlns:msg="{MSG}">{text}</Message>')[0])


def refusal(text: str, lang: str = "en") -> str:
    """What is said of a header that must be refused."""
    with pytest.raises(Rejected) as refused:
        parsed(text)
    assert refused.value.problem.kind.id == "HEADER_FIELD"
    return refused.value.problem.what(lang)


# -- what survives writing and reading -----------------------------------------------------------

# What XML 1.0 can hold; blanks at the ends are no part of a value.
CHARACTERS = st.characters(
    codec="utf-8", exclude_categories=("Cs", "Cc"), exclude_characters="\ufffe\uffff"
) | st.sampled_from("\t\n\r<>&\"'")
TEXTS = st.text(CHARACTERS, min_size=1).map(str.strip).filter(bool)
NUMBERS = st.integers(min_value=0, max_value=10**18 - 1)
MAYBE = st.none() | TEXTS
MOMENTS = st.datetimes().map(lambda moment: moment.replace(microsecond=0))
TYPES = st.lists(
    st.builds(ObjectType, name=TEXTS, sending=TEXTS | st.just(""), receiving=TEXTS | st.just(""))
).map(tuple)
COMMON = {
    "format": TEXTS,
    "created": MOMENTS,
    "versions": st.lists(TEXTS).map(tuple),
    "new_from": MAYBE,
    "object_types": TYPES,
    "prefix": MAYBE,
}
NOTHING = st.none()
HEADERS = st.builds(
    Header,
    confirmed=st.just(False),
    plan=NOTHING,
    to=NOTHING,
    sender=NOTHING,
    message_no=NOTHING,
    received_no=NOTHING,
    **COMMON,
) | st.builds(
    Header,
    confirmed=st.just(True),
    plan=MAYBE,
    to=MAYBE,
    sender=TEXTS,
    message_no=st.none() | NUMBERS,
    received_no=st.none() | NUMBERS,
    **COMMON,
)


@given(HEADERS)
def test_what_is_written_reads_back_the_same(header: Header) -> None:
    assert parsed(write_header(header)) == header


def test_fields_are_written_in_the_order_of_1c() -> None:
    header = Header(
        format="F",
        created=datetime(2026, 2, 11, 8, 15, 7),
        confirmed=True,
        plan="P",
        to="BP",
        sender="CRM",
        message_no=3,
        received_no=0,
        versions=("1.8", "1.19"),
        new_from="G",
        object_types=(ObjectType("Документ.ЗаказКлиента", "*", ""),),
        prefix="БП",
    )
    element = etree.fromstring(f'<Message xmlns:msg="{MSG}">{write_header(header)}</Message>')[0]
    assert [etree.QName(child).localname for child in element] == [
        "Format",
        "CreationDate",
        "Confirmation",
        "AvailableVersion",
        "AvailableVersion",
        "NewFrom",
        "AvailableObjectTypes",
        "Prefix",
    ]
    confirmation = element[2]
    assert [etree.QName(child).localname for child in confirmation] == [
        "ExchangePlan",
        "To",
        "From",
        "MessageNo",
        "ReceivedNo",
    ]
    assert element.findtext(f"{{{MSG}}}CreationDate") == "2026-02-11T08:15:07"


def test_number_zero_is_a_number_and_not_an_absence() -> None:
    header = parsed(messages.header(message_no=0, received_no=0))
    assert (header.message_no, header.received_no) == (0, 0)
    assert "<msg:MessageNo>0</msg:MessageNo>" in write_header(header)


def test_numbers_may_be_absent() -> None:
    header = parsed(messages.header(message_no=None, received_no=None))
    assert (header.message_no, header.received_no) == (None, None)
    assert "MessageNo" not in write_header(header)


def test_a_header_without_confirmation_is_taken_and_written_without_one() -> None:
    header = parsed(messages.header(confirmation=False))
    assert (header.confirmed, header.sender, header.message_no) == (False, None, None)
    assert "Confirmation" not in write_header(header)


def test_to_and_exchange_plan_may_be_absent() -> None:
    header = parsed(messages.header(to=None, plan=None))
    assert (header.to, header.plan, header.sender) == (None, None, "CRM")


def test_blanks_around_values_are_no_part_of_them() -> None:
    header = parsed(messages.header(sender="\n  CRM\t", message_no=" 12\n"))
    assert (header.sender, header.message_no) == ("CRM", 12)


def test_unknown_header_fields_are_passed_over() -> None:
    header = parsed(messages.header(after="<msg:AvailableExtensions/><other>5</other>"))
    assert header.message_no == 1


def test_a_greeting_says_what_the_base_can_do() -> None:
    root = etree.fromstring(messages.greeting())
    header = read_header(root[0])
    assert header.versions == ("1.8", "1.19")
    assert header.new_from == messages.guid(90)
    assert header.prefix == "БП"
    assert header.object_types == (ObjectType("Документ.ЗаказКлиента", "*", "*"),)


def test_an_extension_behind_the_format_is_not_the_formats_name() -> None:
    format = messages.bp_format("1.19")
    header = parsed(messages.header(f"{format} http://example.com/extension"))
    assert header.namespace == format


# -- dates ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2026-02-11T08:15:07", datetime(2026, 2, 11, 8, 15, 7)),
        ("2026-02-11T08:15:07Z", datetime(2026, 2, 11, 8, 15, 7)),
        ("2026-02-11T08:15:07+03:00", datetime(2026, 2, 11, 5, 15, 7)),
        ("2026-02-10T23:15:07-01:00", datetime(2026, 2, 11, 0, 15, 7)),
        ("2026-03-01T00:30:00+05:30", datetime(2026, 2, 28, 19, 0, 0)),
    ],
)
def test_a_creation_date_with_an_offset_becomes_utc(text: str, moment: datetime) -> None:
    assert parsed(messages.header(created=text)).created == moment


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-02-30T00:00:00",
        "2026-02-11T25:00:00",
        "11.02.2026",
        "2026-02-11T08:15:07+99:00",
        "0001-01-01T00:00:00+03:00",
        "9999-12-31T23:59:59-05:00",
    ],
)
def test_a_creation_date_that_is_none_is_refused(text: str) -> None:
    assert "CreationDate" in refusal(messages.header(created=text))


# -- what 1C would refuse ------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["message_no", "received_no"])
@pytest.mark.parametrize(
    "value", ["-1", "1.5", "1e3", "x", "0x10", "1 2", "١٢", "²", "1" * 19, "9" * 100_000]
)
def test_a_number_that_is_no_count_is_refused(name: str, value: str) -> None:
    numbers = {name: value}
    said = refusal(messages.header(**numbers))  # type: ignore[arg-type]
    assert {"message_no": "MessageNo", "received_no": "ReceivedNo"}[name] in said


@pytest.mark.parametrize("sender", [None, "", "  \n "])
def test_a_confirmation_without_a_sender_is_refused(sender: str | None) -> None:
    assert "From" in refusal(messages.header(sender=sender))


@pytest.mark.parametrize("name", ["Format", "CreationDate"])
def test_a_header_without_a_required_field_is_refused_by_its_name(name: str) -> None:
    text = messages.header()
    start, end = text.index(f"<msg:{name}>"), text.index(f"</msg:{name}>")
    assert name in refusal(text[:start] + text[end + len(f"</msg:{name}>") :])


def test_a_header_in_another_namespace_says_nothing() -> None:
    other = messages.header().replace("msg:", "")
    assert "Format" in refusal(other)


def test_the_refusal_names_the_line() -> None:
    text = messages.header(message_no="-1").replace("<msg:Confirmation>", "\n\n<msg:Confirmation>")
    with pytest.raises(Rejected) as refused:
        parsed(text)
    assert refused.value.problem.where.line == 3


def test_a_refusal_speaks_one_language_at_a_time() -> None:
    english = refusal(messages.header(sender=None), "en")
    assert not any("а" <= letter.lower() <= "я" for letter in english), english
    assert "no From" not in refusal(messages.header(sender=None), "ru")

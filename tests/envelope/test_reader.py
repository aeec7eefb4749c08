"""Reading a message as a stream: header first, one object at a time, whole messages only."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
from lxml import etree

from converter.envelope.header import Header
from converter.envelope.reader import LIMITS, Limits, Reader
from converter.problems import Rejected
from tests import messages

SMALL = messages.crm_message(
    messages.crm_counterparty(), messages.crm_invoice(), messages.crm_deletion(messages.guid(50))
)


class Stream:
    """A stream that counts what was taken from it, in pieces of any size."""

    def __init__(self, data: bytes, piece: int | None = None) -> None:
        self._inner = io.BytesIO(data)
        self._piece = piece
        self.taken = 0

    def read(self, size: int, /) -> bytes:
        data = self._inner.read(size if self._piece is None else min(size, self._piece))
        self.taken += len(data)
        return data


def read(data: bytes, limits: Limits = LIMITS) -> tuple[Header, list[bytes]]:
    """The header and the objects of a message."""
    message = Reader(io.BytesIO(data), limits)
    return message.header, [etree.tostring(element, with_tail=False) for element in message]


def refusal(data: bytes, limits: Limits = LIMITS) -> str:
    """The id of the problem for which a message is refused."""
    with pytest.raises(Rejected) as refused:
        read(data, limits)
    return refused.value.problem.kind.id


# -- one object at a time ------------------------------------------------------------------------


def test_the_header_is_there_before_the_objects_are_read() -> None:
    many = messages.crm_message(*[messages.crm_invoice()] * 500)
    stream = Stream(many.encode(), piece=4096)
    message = Reader(stream)
    assert (message.header.sender, message.header.message_no) == ("CRM", 1)
    assert message.namespace == messages.CRM_FORMAT
    assert stream.taken < len(many.encode()) / 10


def test_an_object_is_given_whole_and_the_earlier_ones_are_gone() -> None:
    many = messages.crm_message(
        *[messages.crm_invoice(ref=messages.guid(n), number=f"СЧ-{n}") for n in range(200)]
    )
    earlier: list[etree._Element] = []
    for n, element in enumerate(Reader(io.BytesIO(many.encode()), Limits(chunk=512))):
        assert all(len(old) == 0 and old.getparent() is None for old in earlier)
        numbers = [e.text for e in element.iter("{*}Номер")]
        assert numbers == [f"СЧ-{n}"]
        body = element.getparent()
        assert body is not None
        assert len(body) <= 3
        earlier.append(element)
    assert len(earlier) == 200


def test_objects_keep_their_lines() -> None:
    body = "\n".join(["<a/>\n"] * 3)
    lines = [e.sourceline for e in Reader(io.BytesIO(messages.message(body).encode()))]
    assert lines == [4, 6, 8]


def test_lines_beyond_65535_are_counted_too() -> None:
    body = "\n" * 70_000 + "<a>\n<b>1</b>\n</a>\n<c/>"
    lines = [e.sourceline for e in Reader(io.BytesIO(messages.message(body).encode()))]
    # Up there the parser knows the line of the text behind a tag, which may be the next one.
    assert lines[0] in (70_004, 70_005)
    assert lines[1] in (70_007, 70_008)


@pytest.mark.parametrize("chunk", range(1, 98))
def test_the_size_of_the_pieces_changes_nothing(chunk: int) -> None:
    data = SMALL.encode()
    assert read(data, Limits(chunk=chunk)) == read(data)


def test_a_stream_that_gives_less_than_asked_changes_nothing() -> None:
    data = SMALL.encode()
    message = Reader(Stream(data, piece=7))
    objects = [etree.tostring(element, with_tail=False) for element in message]
    assert (message.header, objects) == read(data)


def test_a_message_without_a_body_has_no_objects_and_no_namespace() -> None:
    message = Reader(io.BytesIO(messages.greeting().encode()))
    assert message.namespace is None
    assert list(message) == []


def test_an_empty_body_has_no_objects_but_a_namespace() -> None:
    message = Reader(io.BytesIO(messages.message("").encode()))
    assert message.namespace == messages.CRM_FORMAT
    assert list(message) == []


def test_comments_and_instructions_between_objects_are_passed_over() -> None:
    body = "<!-- one --><a>1<!-- in -->2</a><?do it?><b/><!-- two -->"
    message = Reader(io.BytesIO(messages.message(body).encode()))
    assert [(etree.QName(e).localname, e.text) for e in message] == [("a", "12"), ("b", None)]


def test_elements_behind_the_body_are_no_objects() -> None:
    text = messages.message("<a/>").replace("</Message>", "<Extra><b/></Extra></Message>")
    assert len(read(text.encode())[1]) == 1


def test_the_bytes_read_are_counted() -> None:
    data = SMALL.encode()
    message = Reader(io.BytesIO(data))
    list(message)
    assert message.bytes_read == len(data)


# -- encodings -----------------------------------------------------------------------------------


def encoded(encoding: str, declared: str | None, bom: bytes = b"") -> bytes:
    """The small message in an encoding, with the declaration that goes with it."""
    declaration = "" if declared is None else f'<?xml version="1.0" encoding="{declared}"?>\n'
    return bom + (declaration + SMALL).encode(encoding)


@pytest.mark.parametrize(
    "data",
    [
        encoded("utf-8", None),
        encoded("utf-8", "UTF-8"),
        encoded("utf-8", "utf-8", b"\xef\xbb\xbf"),
        encoded("utf-8", None, b"\xef\xbb\xbf"),
        encoded("utf-16-le", "UTF-16", b"\xff\xfe"),
        encoded("utf-16-be", "UTF-16", b"\xfe\xff"),
        encoded("utf-16-le", "UTF-16LE"),
        encoded("utf-16-be", "UTF-16BE"),
        encoded("utf-16-le", None, b"\xff\xfe"),
        encoded("windows-1251", "windows-1251"),
        encoded("windows-1251", "Windows-1251"),
        encoded("windows-1251", "CP1251"),
    ],
    ids=[
        "utf8",
        "utf8-declared",
        "utf8-bom-declared",
        "utf8-bom",
        "utf16le-bom",
        "utf16be-bom",
        "utf16le",
        "utf16be",
        "utf16le-bom-undeclared",
        "cp1251",
        "cp1251-capital",
        "cp1251-short",
    ],
)
@pytest.mark.parametrize("chunk", [1, 2, 3, LIMITS.chunk])
def test_messages_in_these_encodings_read_the_same(data: bytes, chunk: int) -> None:
    assert read(data, Limits(chunk=chunk))[1] == read(SMALL.encode())[1]


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("koi8-r", "koi8-r"),
        ("cp866", "ibm866"),
        ("iso8859-5", "iso-8859-5"),
        ("utf-7", "utf-7"),
        ("utf-8", "latin1"),
        ("utf-8", "no-such-encoding"),
    ],
)
def test_messages_in_other_encodings_are_refused(encoding: str, declared: str) -> None:
    assert refusal(encoded(encoding, declared)) == "XML_ENCODING"


@pytest.mark.parametrize("encoding", ["utf-32", "utf-32-le", "utf-32-be", "cp500"])
def test_encodings_that_do_not_look_like_xml_are_refused(encoding: str) -> None:
    text = '<?xml version="1.0"?>' + messages.message("<a/>")
    data = text.encode(encoding, "replace")
    assert refusal(data) in ("NOT_XML", "XML_ENCODING", "XML_BROKEN")


@pytest.mark.parametrize(
    ("encoding", "declared"),
    [
        ("windows-1251", "UTF-8"),
        ("windows-1251", None),
        ("utf-8", "us-ascii"),
        ("koi8-r", "UTF-8"),
    ],
)
def test_text_in_another_encoding_than_declared_is_refused(
    encoding: str, declared: str | None
) -> None:
    assert refusal(encoded(encoding, declared)) == "XML_ENCODING"


@pytest.mark.parametrize(
    "bad", [b"\xff", b"\xc0\x80", b"\xed\xa0\x80", b"\xf5\x80\x80\x80", b"\xd0"]
)
def test_bytes_that_are_no_utf8_are_refused_wherever_they_stand(bad: bytes) -> None:
    data = SMALL.encode().replace("Стол".encode(), b"X" + bad + b"X", 1)
    assert refusal(data) == "XML_ENCODING"


# -- whole messages only -------------------------------------------------------------------------


def test_no_cut_of_a_message_is_taken_for_a_whole_one(samples: Path) -> None:
    data = (samples / "crm-invoices.xml").read_bytes()
    whole = len(data.rstrip())
    for end in range(whole):
        assert refusal(data[:end]) in ("FILE_EMPTY", "NOT_XML", "XML_CUT", "XML_BROKEN"), end


def test_a_cut_in_the_blanks_behind_the_message_takes_nothing_from_it(samples: Path) -> None:
    data = (samples / "crm-invoices.xml").read_bytes()
    expected = read(data)
    padded = data.rstrip() + b" \r\n\t\n"
    for end in range(len(data.rstrip()), len(padded) + 1):
        assert read(padded[:end]) == expected


def test_a_message_that_breaks_off_after_an_object_says_so() -> None:
    end = SMALL.index("<УдалениеОбъекта>")
    assert refusal(SMALL[:end].encode()) == "XML_CUT"


def test_what_stands_behind_the_end_is_refused() -> None:
    for more in ("<more/>", "text", SMALL, "\0"):
        assert refusal((SMALL + more).encode()) == "XML_BROKEN", more


def test_a_tag_that_does_not_match_is_refused_with_line_and_column() -> None:
    data = SMALL.replace("</Номер>", "</Число>", 1).encode()
    with pytest.raises(Rejected) as refused:
        read(data)
    problem = refused.value.problem
    assert problem.kind.id == "XML_BROKEN"
    assert problem.where.line == 5
    assert dict(problem.details)["column"]


def test_an_object_beyond_the_limit_is_refused_and_smaller_ones_are_not() -> None:
    rows = [messages.crm_row(line=n) for n in range(100)]
    big = messages.crm_message(messages.crm_invoice(rows=rows)).encode()
    assert refusal(big, Limits(chunk=256, object=len(big) // 2)) == "XML_LIMIT"
    assert len(read(big, Limits(chunk=256, object=len(big)))[1]) == 1


def test_many_small_objects_may_be_more_than_the_limit_together() -> None:
    many = messages.crm_message(*[messages.crm_invoice()] * 100).encode()
    assert len(read(many, Limits(chunk=256, object=4096))[1]) == 100


def test_a_header_beyond_the_limit_is_refused() -> None:
    head = messages.header(versions=[f"1.{n}" for n in range(500)])
    data = messages.message("<a/>", head).encode()
    assert refusal(data, Limits(chunk=256, head=8192)) == "XML_LIMIT"


@pytest.mark.parametrize(
    "data",
    [
        SMALL.replace("<Body", "<Body a=1", 1),
        SMALL.replace("<Body", "<Body a='<'", 1),
        SMALL.replace("<Body", "<Body a='1' a='2'", 1),
        SMALL.replace("</Номер>", "&amp</Номер>", 1),
        SMALL.replace("</Номер>", "]]></Номер>", 1),
        SMALL.replace("</Номер>", "<!-- -- --></Номер>", 1),
        SMALL.replace("</Номер>", "<?xml version='1.0'?></Номер>", 1),
        SMALL.replace("<Body", "<b>" * 300 + "<Body", 1),
        f'<?xml version="1.0" encoding="klingon"?>{SMALL}',
        SMALL + "<more/>",
    ],
)
def test_no_words_of_the_parser_stand_in_a_russian_sentence(data: str) -> None:
    with pytest.raises(Rejected) as refused:
        read(data.encode())
    said = refused.value.problem.what("ru")
    ours = (
        "XML",
        "Message",
        "msg",
        "Header",
        "Body",
        "xml",
        "amp",
        "klingon",
        "latin",
        "EnterpriseData",
    )
    assert set(re.findall("[A-Za-z]+", said)) <= set(ours), said

"""What is fuzzed: each target takes any bytes and may refuse them in our own words, nothing else.

`Rejected` and `Stopped` are ours, with words in both languages; every other exception is a find,
and so are a hang and memory without a bound, which the runner watches.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from typing import NamedTuple

from converter.conversion.intake import message_dialect
from converter.envelope.reader import Reader
from converter.folder.zips import digest_of, open_message
from converter.problems import Problem, Rejected
from converter.settings.template import template
from tests import messages
from tests.cli.test_bad_input import BP_TEXT, CRM_TEXT, everything
from tests.conftest import ROOT
from tests.envelope.hostile import CASES
from tests.folder import archives
from tests.settings.files import SMALLEST, link
from tests.settings.test_hostile import judged

PASSWORD = b"secret"
#: so much may come out of a fuzzed zip
MOST = 1 << 26


class Target(NamedTuple):
    """Something that reads bytes; ``seeds`` are good ones to begin from, ``words`` what they hold."""

    name: str
    read: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]
    words: tuple[str, ...]


def _refused(problem: Problem) -> None:
    """A refusal says what is wrong and what to do, in both languages, in a reasonable length."""
    for lang in ("ru", "en"):
        assert 0 < len(problem.what(lang)) < 2_000 and 0 < len(problem.cure(lang)) < 2_000


# -- messages ------------------------------------------------------------------------------------


def read_envelope(data: bytes) -> None:
    """The envelope: the header, the dialect, every object as a tree."""
    try:
        message = Reader(io.BytesIO(data))
        message_dialect(message)
        for element in message:
            assert element.tag
    except Rejected as refusal:
        _refused(refusal.problem)


def read_objects(data: bytes) -> None:
    """Everything that is done with a message: converted, checked, looked at; output is valid."""
    everything(data)


def _messages() -> Iterator[bytes]:
    for path in sorted((ROOT / "samples" / "story").glob("*.xml")):
        yield path.read_bytes()
    yield (ROOT / "samples" / "crm-invoices.xml").read_bytes()
    yield from (text.encode() for text in (CRM_TEXT, BP_TEXT))


def _envelopes() -> Iterator[bytes]:
    yield from _messages()
    yield messages.crm_message(messages.crm_deletion()).encode("utf-16")
    for case in CASES:
        data = case.data("file:///nothing", "http://localhost/")
        if len(data) < 1 << 14:
            yield data


# -- files ---------------------------------------------------------------------------------------


def open_zip(data: bytes) -> None:
    """The intake of a file: a zip is opened as a stream, with a password and without."""
    for password in (None, PASSWORD):
        try:
            with open_message(io.BytesIO(data), password, MOST) as opened:
                digest_of(opened.stream)
            with open_message(io.BytesIO(data), password, MOST) as opened:
                for element in Reader(opened.stream):
                    assert element.tag
        except Rejected as refusal:
            _refused(refusal.problem)


def _zips() -> Iterator[bytes]:
    message = messages.crm_message(messages.crm_deletion()).encode()
    yield archives.archive([("Message_CRM_BP.xml", message)])
    yield archives.archive([("Message_CRM_BP.xml", message)], method=0)
    yield archives.archive()
    yield archives.archive([("a/", b""), ("a/Message.xml", message)])
    yield archives.honest(message)
    yield archives.honest(archives.honest())
    yield archives.encrypted(PASSWORD)
    yield message


# -- settings ------------------------------------------------------------------------------------


def read_settings(data: bytes) -> None:
    """exchange.toml: values, or a refusal with a line that is there."""
    judged(data)


def _settings() -> Iterator[bytes]:
    for lang in ("ru", "en"):
        yield template(lang).encode()
    full = template("en").replace("# ", "")
    yield full.encode()
    yield SMALLEST.encode()
    yield (link() + link("other", "a", "b")).encode()


TARGETS = {
    each.name: each
    for each in (
        Target(
            "envelope",
            read_envelope,
            _envelopes,
            ("<Message>", "<msg:Header>", "<Body", "<!DOCTYPE", "<![CDATA[", "&amp;", "xmlns=",
             'encoding="utf-16"', "<!--", "<?", "]]>", "&#x0;", "xmlns:msg="),
        ),
        Target("objects", read_objects, _messages, ("0", "-1", "NaN", "1e9", "2026-02-30", "true")),
        Target("zip", open_zip, _zips, ("PK\x03\x04", "PK\x01\x02", "PK\x05\x06", "PK\x06\x06")),
        Target(
            "settings",
            read_settings,
            _settings,
            ("[[link]]", "[link.crm]", "code = ", "folder = ", "settle = ", '"""', "'''", "\\u"),
        ),
    )
}  # fmt: skip

"""What stands before the root element: the encoding is checked, a DOCTYPE is refused.

This looks at the first bytes only, before any parser sees them.
"""

from __future__ import annotations

import re

from converter.problems import Rejected
from converter.problems import catalogue as say

ENCODINGS = frozenset(
    {
        "utf-8",
        "utf8",
        "utf-16",
        "utf-16le",
        "utf-16be",
        "windows-1251",
        "cp1251",
        "us-ascii",
        "ascii",
    }
)

_UTF_32 = (b"<\0\0\0", b"\0\0\0<", b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_DECLARED = re.compile(r"""<\?xml[^>]*?encoding\s*=\s*["']([A-Za-z0-9._\-]+)["']""")
_SKIPPED = re.compile(r"(?:\s+|<\?.*?\?>|<!--.*?-->)+", re.DOTALL)


def check_prolog(head: bytes) -> None:
    """Refuse what no message begins with.

    ``head`` is the beginning of the file, enough to hold the start of the root element.
    Raises `Rejected`: FILE_EMPTY, FILE_ZIP, NOT_XML, XML_ENCODING, XML_DTD.
    """
    if not head.strip(b"\0 \t\r\n\xef\xbb\xbf"):
        raise Rejected(say.FILE_EMPTY())
    if head.startswith(b"PK\x03\x04"):
        raise Rejected(say.FILE_ZIP())
    text = _decode(head)
    if head.startswith(_UTF_32):
        raise Rejected(say.XML_ENCODING(encoding="UTF-32"))
    declared = _DECLARED.match(text)
    if declared and declared[1].lower() not in ENCODINGS:
        raise Rejected(say.XML_ENCODING(encoding=declared[1]))
    skipped = _SKIPPED.match(text)
    rest = text[skipped.end() :] if skipped else text
    if rest.startswith("<!DOCTYPE"):
        raise Rejected(say.XML_DTD())
    if not rest.startswith("<"):
        raise Rejected(say.NOT_XML())


def _decode(head: bytes) -> str:
    """The prolog as text; beyond ASCII it need not be right, only markup matters here."""
    if head.startswith((b"\xff\xfe", b"<\0")):
        return head.decode("utf-16-le", "replace").lstrip("\ufeff")
    if head.startswith((b"\xfe\xff", b"\0<")):
        return head.decode("utf-16-be", "replace").lstrip("\ufeff")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")

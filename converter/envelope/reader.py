"""Reading a message as a stream: the header first, then one object at a time.

An object is taken from the tree as soon as the next one has begun, and freed before the next is
given, so that a message of any size needs the memory of its largest object. Nothing is fetched,
no entity is resolved, and depth and size are bounded (SPEC §5: all that comes in is hostile).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from lxml import etree
from msgspec import Struct

from converter.envelope import heap
from converter.envelope.header import Header, read_header
from converter.envelope.prolog import check_prolog
from converter.problems import Problem, Rejected, Said
from converter.problems import catalogue as say


class ByteStream(Protocol):
    """Where bytes come from: an open file, a pipe, a member of an archive."""

    def read(self, size: int, /) -> bytes: ...


class Limits(Struct, frozen=True):
    """Bounds of what is held at once: the header, or one object.

    In bytes, and in marks (the signs ``<`` and ``=``), since a small element or attribute costs far
    more memory than its bytes. Depth (256) and a single text (10 MB) are bounded by the parser itself.
    """

    chunk: int = 1 << 16
    head: int = 1 << 22
    object: int = 1 << 25
    marks: int = 1 << 20


LIMITS = Limits()


class Reader:
    """A message being read. Construct, look at ``header``, then iterate over the objects once.

    ``namespace`` is Body's, None for a message without a Body. Both the constructor and the
    iteration raise `Rejected` with the reason and the line.
    """

    def __init__(self, stream: ByteStream, limits: Limits = LIMITS) -> None:
        self._stream = stream
        self._limits = limits
        self._since = 0
        self._marks = 0
        self._uncounted: list[bytes] = []
        self._root: etree._Element | None = None
        self._body: etree._Element | None = None
        self._finished = False
        self.bytes_read = 0
        self._parser = etree.XMLPullParser(
            events=("start", "start-ns"),
            tag=("{*}Message", "{*}Body"),
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            remove_comments=True,
            remove_pis=True,
            huge_tree=False,
            collect_ids=False,
        )
        self._begin()
        self.header: Header = read_header(self._header_element())
        self.namespace: str | None = (
            None if self._body is None else etree.QName(self._body).namespace or ""
        )

    def __iter__(self) -> Iterator[etree._Element]:
        body = self._body
        while body is not None:
            while (element := self._complete(body)) is not None:
                self._since = self._marks = 0
                self._uncounted.clear()
                yield element
                element.clear()
                body.remove(element)
            if self._finished:
                return
            self._feed()

    def _complete(self, body: etree._Element) -> etree._Element | None:
        """The first object: all but the last are complete, that one may still be growing."""
        element = next(iter(body), None)
        if element is None or self._finished or element.getnext() is not None:
            return element
        return None

    # -- the beginning ---------------------------------------------------------------------------

    def _begin(self) -> None:
        first = self._read(self._limits.chunk)
        while 0 < len(first) < 4096 and (more := self._read(self._limits.chunk)):
            first += more
        check_prolog(first)
        self._push(first)
        self._look(required=len(first) >= self._limits.chunk)
        while self._body is None and not self._finished:
            self._feed()
        if self._root is None:
            raise Rejected(say.NOT_A_MESSAGE(expected="Message", found="—"))

    def _look(self, required: bool = False) -> None:
        for _, element in self._parser.read_events():
            if isinstance(element, tuple):
                _refuse_namespace(element[1])
                continue
            name = etree.QName(element).localname
            if self._root is None:
                if name != "Message" or element.getparent() is not None:
                    self._foreign(element)
                self._root = element
                self._refuse_doctype(element)
            elif name == "Body" and element.getparent() is self._root:
                if self._body is not None:
                    found = Said("второй Body", "a second Body")
                    problem = say.NOT_A_MESSAGE(expected="</Message>", found=found)
                    raise Rejected(problem.at(line=element.sourceline))
                self._body = element
        if required and self._root is None:
            raise Rejected(say.NOT_A_MESSAGE(expected="Message", found="—"))

    def _foreign(self, element: etree._Element) -> None:
        root = element.getroottree().getroot()
        found = etree.QName(root if root is not None else element).localname
        raise Rejected(say.NOT_A_MESSAGE(expected="Message", found=found).at(line=1))

    @staticmethod
    def _refuse_doctype(element: etree._Element) -> None:
        if element.getroottree().docinfo.doctype:
            raise Rejected(say.XML_DTD())

    def _header_element(self) -> etree._Element:
        assert self._root is not None
        for child in self._root:
            name = etree.QName(child).localname
            if name == "Header":
                return child
            raise Rejected(
                say.NOT_A_MESSAGE(expected="msg:Header", found=name).at(line=child.sourceline)
            )
        raise Rejected(say.NOT_A_MESSAGE(expected="msg:Header", found="—"))

    # -- feeding the parser ----------------------------------------------------------------------

    def _read(self, size: int) -> bytes:
        data = self._stream.read(size)
        self.bytes_read += len(data)
        if self.bytes_read > heap.LARGE:
            heap.suit_large_message()
        return data

    def _feed(self) -> None:
        data = self._read(self._limits.chunk)
        if not data:
            self._close()
            return
        self._since += len(data)
        limit = self._limits.head if self._body is None else self._limits.object
        if self._since > limit or self._count(data) > self._limits.marks:
            line = self._body[-1].sourceline if self._body is not None and len(self._body) else None
            raise Rejected(say.XML_LIMIT(reason=_TOO_LARGE).at(line=line))
        self._push(data)
        self._look()

    def _count(self, data: bytes) -> int:
        """The marks since the last object, or fewer: none is counted while all bytes may be marks."""
        self._uncounted.append(data)
        if self._since > self._limits.marks:
            self._marks += sum(each.count(b"<") + each.count(b"=") for each in self._uncounted)
            self._uncounted.clear()
        return self._marks

    def _push(self, data: bytes) -> None:
        try:
            self._parser.feed(data)
        except etree.XMLSyntaxError as error:
            raise Rejected(_syntax_problem(error)) from None
        for entry in self._parser.feed_error_log:
            if entry.type in _LATE:  # before anybody sees a name whose prefix is not declared
                text = str(entry.message)
                raise Rejected(_problem(entry.type, text, entry.line, entry.column))

    def _close(self) -> None:
        try:
            root = self._parser.close()
        except etree.XMLSyntaxError as error:
            raise Rejected(_end_problem(error)) from None
        self._finished = True
        if self._root is None:
            self._foreign(root)


def _refuse_namespace(name: str) -> None:
    """What a name with this sign is in front of cannot be told from it: lxml writes ``{name}tag``."""
    if "}" in name:
        raise Rejected(say.FORMAT_UNKNOWN(format=name))


_TOO_LARGE = Said("слишком большой объект или заголовок", "an object or the header is too large")
_LIMITS = ("Excessive depth", "too long", "too big", "Huge input", "limit")
_ENCODING = frozenset(
    {etree.ErrorTypes.ERR_INVALID_ENCODING, etree.ErrorTypes.ERR_UNSUPPORTED_ENCODING}
)
#: what the parser says only at the end although it lies somewhere before
_LATE = frozenset(
    {
        etree.ErrorTypes.ERR_INTERNAL_ERROR,
        etree.ErrorTypes.ERR_UNDECLARED_ENTITY,
        etree.ErrorTypes.WAR_UNDECLARED_ENTITY,
        etree.ErrorTypes.NS_ERR_XML_NAMESPACE,
        etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE,
        etree.ErrorTypes.NS_ERR_QNAME,
        etree.ErrorTypes.NS_ERR_ATTRIBUTE_REDEFINED,
        etree.ErrorTypes.NS_ERR_EMPTY,
        etree.ErrorTypes.NS_ERR_COLON,
    }
)
_REASONS: dict[int, Said] = {
    etree.ErrorTypes.ERR_TAG_NAME_MISMATCH: Said(
        "закрыт не тот элемент, что открыт", "another element is closed than was opened"
    ),
    etree.ErrorTypes.ERR_NAME_REQUIRED: Said(
        "знак < или & в тексте (должно быть &lt; или &amp;)",
        "a bare < or & in the text (it must be &lt; or &amp;)",
    ),
    etree.ErrorTypes.ERR_INVALID_ENCODING: Said(
        "таких байтов в ней не бывает", "it has no such bytes"
    ),
    etree.ErrorTypes.ERR_INVALID_CHAR: Said("недопустимый символ", "a character that XML forbids"),
    etree.ErrorTypes.ERR_UNDECLARED_ENTITY: Said(
        "неизвестное имя после &", "an unknown name after &"
    ),
    etree.ErrorTypes.NS_ERR_UNDEFINED_NAMESPACE: Said(
        "префикс имени не объявлен", "the prefix of a name is not declared"
    ),
    etree.ErrorTypes.ERR_DOCUMENT_END: Said(
        "что-то стоит после конца сообщения", "something stands behind the end of the message"
    ),
    etree.ErrorTypes.ERR_RESERVED_XML_NAME: Said(
        "объявление <?xml …?> стоит не в самом начале файла",
        "the declaration <?xml …?> does not stand at the very beginning",
    ),
    etree.ErrorTypes.ERR_ATTRIBUTE_REDEFINED: Said(
        "у элемента два одинаковых атрибута", "an element has an attribute twice"
    ),
    etree.ErrorTypes.ERR_ENTITYREF_SEMICOL_MISSING: Said(
        "после & нет точки с запятой (сам знак & пишется &amp;)",
        "no semicolon behind an & (the sign itself is written &amp;)",
    ),
    etree.ErrorTypes.ERR_GT_REQUIRED: Said(
        "элемент не закрыт знаком >", "an element is not closed by a >"
    ),
}


def _end_problem(error: etree.XMLSyntaxError) -> Problem:
    """Everything was well-formed to the end of the file: the end came too early, mostly."""
    if error.code in _LATE:
        return _syntax_problem(error)
    return say.XML_CUT().at(line=error.position[0])


def _syntax_problem(error: etree.XMLSyntaxError) -> Problem:
    text = (error.msg or "").split(", line ")[0].strip()
    return _problem(error.code, text, *error.position)


def _problem(code: int, text: str, line: int | None, column: int | None) -> Problem:
    if any(words in text for words in _LIMITS):
        words = "слишком большой текст или слишком глубокая вложенность"
        problem = say.XML_LIMIT(reason=Said(words, text))
    elif code in _ENCODING or "encod" in text.lower():
        named = text.removeprefix("Unsupported encoding: ")
        words = "байты в ней не читаются" if named == text else f"{named}: такая здесь неизвестна"
        problem = say.XML_ENCODING(encoding=_REASONS.get(code) or Said(words, text))
    else:
        reason = _REASONS.get(code) or Said("нарушена разметка", text)
        problem = say.XML_BROKEN(reason=reason, column=column)
    return problem.at(line=line)

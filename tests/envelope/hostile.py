"""Files that nobody should send, each with what must become of it.

``@FILE@`` and ``@URL@`` in a text stand for a file with a secret and for a web server: whoever
reads the one or calls the other has failed.
"""

from __future__ import annotations

import bz2
import gzip
import io
import zipfile
from typing import NamedTuple

from tests import messages

SECRET = "canary-3f9a1c"


class Case(NamedTuple):
    """One file: its content, and the ids of which one must refuse it, or ``read`` with a count.

    ``read`` is for what is harmless: taken with so many objects, without any effect.
    """

    name: str
    content: str | bytes
    expected: str
    encoding: str = "utf-8"

    def data(self, file: str, url: str) -> bytes:
        """The bytes of the file, its baits laid out."""
        if isinstance(self.content, bytes):
            return self.content
        text = self.content.replace("@FILE@", file).replace("@URL@", url)
        return text.encode(self.encoding, "surrogatepass")


WHOLE = messages.crm_message(messages.crm_deletion())
ROOT = WHOLE[: WHOLE.index(">") + 1]
HEADER = messages.header()
DTD = "XML_DTD"


def body(inner: str, head: str | None = None) -> str:
    """A message of the CRM with anything in its Body."""
    return messages.message(inner, head)


def text(value: str) -> str:
    """A message of the CRM with a text in one of its objects."""
    return body(f"<УдалениеОбъекта><Ссылка>{value}</Ссылка></УдалениеОбъекта>")


def zipped() -> bytes:
    """A message in a zip archive."""
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w") as archive:
        archive.writestr("Message.xml", WHOLE)
    return into.getvalue()


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
NAMESPACES = " ".join(f'xmlns:n{n}="urn:{n}"' for n in range(2_000))
ATTRIBUTES = " ".join(f'a{n}="{n}"' for n in range(20_000))

DOCTYPES = [
    Case("doctype-empty", "<!DOCTYPE Message>" + WHOLE, DTD),
    Case("doctype-internal", '<!DOCTYPE Message [<!ENTITY a "x">]>' + text("&a;"), DTD),
    Case("doctype-external-file", '<!DOCTYPE Message SYSTEM "@FILE@">' + WHOLE, DTD),
    Case("doctype-external-http", '<!DOCTYPE Message SYSTEM "@URL@a.dtd">' + WHOLE, DTD),
    Case("doctype-public", '<!DOCTYPE Message PUBLIC "-//A//B" "@URL@b.dtd">' + WHOLE, DTD),
    Case(
        "parameter-entity-file",
        '<!DOCTYPE Message [<!ENTITY % a SYSTEM "@FILE@"> %a;]>' + WHOLE,
        DTD,
    ),
    Case(
        "parameter-entity-http",
        '<!DOCTYPE Message [<!ENTITY % a SYSTEM "@URL@c.dtd"> %a; %send;]>' + WHOLE,
        DTD,
    ),
    Case(
        "billion-laughs",
        f'<!DOCTYPE Message [<!ENTITY l0 "lol">{LAUGHS}]>' + text("&l9;"),
        DTD,
    ),
    Case(
        "quadratic-blow-up",
        f'<!DOCTYPE Message [<!ENTITY a "{"a" * 50_000}">]>' + text("&a;" * 50_000),
        f"{DTD}|NOT_A_MESSAGE",
    ),
    Case(
        "recursive-entity",
        '<!DOCTYPE Message [<!ENTITY a "&b;"><!ENTITY b "&a;">]>' + text("&a;"),
        DTD,
    ),
    Case("xxe-file", '<!DOCTYPE Message [<!ENTITY a SYSTEM "@FILE@">]>' + text("&a;"), DTD),
    Case("xxe-http", '<!DOCTYPE Message [<!ENTITY a SYSTEM "@URL@d">]>' + text("&a;"), DTD),
    Case(
        "xxe-in-header",
        '<!DOCTYPE Message [<!ENTITY a SYSTEM "@FILE@">]>'
        + body("", messages.header(sender="&a;")),
        DTD,
    ),
    Case(
        "attribute-default-from-a-dtd",
        '<!DOCTYPE Message [<!ATTLIST Body xmlns CDATA #FIXED "urn:other">]>' + WHOLE,
        DTD,
    ),
    Case("doctype-after-comment", "<!-- a --> <!DOCTYPE Message>" + WHOLE, DTD),
    Case("doctype-after-comment-with-tag", "<!-- <Message> -->\n<!DOCTYPE Message>" + WHOLE, DTD),
    Case(
        "doctype-after-instruction", '<?xml version="1.0"?><?a b?><!DOCTYPE Message>' + WHOLE, DTD
    ),
    Case("doctype-after-many-comments", "<!-- a -->\n" * 3_000 + "<!DOCTYPE Message>" + WHOLE, DTD),
    Case(
        "doctype-after-a-long-comment",
        f"<!--{'a' * 100_000}--><!DOCTYPE Message>" + WHOLE,
        f"{DTD}|NOT_A_MESSAGE",
    ),
    Case("doctype-behind-a-bom", "\ufeff<!DOCTYPE Message>" + WHOLE, DTD),
    Case("doctype-utf16le-bom", "\ufeff<!DOCTYPE Message>" + WHOLE, DTD, "utf-16-le"),
    Case("doctype-utf16be-bom", "\ufeff<!DOCTYPE Message>" + WHOLE, DTD, "utf-16-be"),
    Case("doctype-utf16le", "<!DOCTYPE Message>" + WHOLE, DTD, "utf-16-le"),
    Case("doctype-utf16be", "<!DOCTYPE Message>" + WHOLE, DTD, "utf-16-be"),
    Case(
        "doctype-utf32le",
        '<!DOCTYPE Message [<!ENTITY a SYSTEM "@FILE@">]>' + text("&a;"),
        f"{DTD}|NOT_XML|XML_ENCODING",
        "utf-32-le",
    ),
    Case(
        "doctype-cp1251",
        '<?xml version="1.0" encoding="windows-1251"?><!DOCTYPE Message>' + WHOLE,
        DTD,
        "windows-1251",
    ),
    Case(
        "doctype-utf7",
        '<?xml version="1.0" encoding="utf-7"?>+ADw-!DOCTYPE Message+AD4-',
        "XML_ENCODING",
    ),
    Case("doctype-inside-the-root", WHOLE.replace("<Body", "<!DOCTYPE a><Body"), "XML_BROKEN"),
    Case("doctype-behind-the-root", WHOLE + "<!DOCTYPE Message>", "XML_BROKEN"),
    Case("doctype-in-small-letters", "<!doctype html>" + WHOLE, "XML_BROKEN"),
    Case("entity-nobody-declared", text("&secret;"), "XML_BROKEN"),
]

CHARACTERS = [
    Case("nul-in-a-text", text("a\0b"), "XML_BROKEN|XML_ENCODING"),
    Case("nul-before-the-root", "\0" + WHOLE, "NOT_XML|XML_BROKEN|XML_ENCODING"),
    Case("vertical-tab", text("a\x0bb"), "XML_BROKEN|XML_ENCODING"),
    Case("escape", text("a\x1bb"), "XML_BROKEN|XML_ENCODING"),
    Case("no-character-fffe", text("a\ufffeb"), "XML_BROKEN|XML_ENCODING"),
    Case("half-a-surrogate-pair", text("a\ud800b"), "XML_BROKEN|XML_ENCODING"),
    Case(
        "half-a-surrogate-pair-utf16",
        "\ufeff" + text("a\ud800b"),
        "XML_BROKEN|XML_ENCODING",
        "utf-16-le",
    ),
    Case("reference-to-nul", text("&#0;"), "XML_BROKEN|XML_ENCODING"),
    Case("reference-to-a-control", text("&#x1;"), "XML_BROKEN|XML_ENCODING"),
    Case("reference-to-fffe", text("&#xFFFE;"), "XML_BROKEN|XML_ENCODING"),
    Case("reference-to-a-surrogate", text("&#xD800;"), "XML_BROKEN|XML_ENCODING"),
    Case("reference-beyond-unicode", text("&#x110000;"), "XML_BROKEN|XML_ENCODING"),
    Case("reference-far-beyond", text("&#99999999999999999999;"), "XML_BROKEN|XML_ENCODING"),
    Case("overlong-less-than", WHOLE.encode().replace(b"<Body", b"\xc0\xbcBody"), "XML_ENCODING"),
]

SIZES = [
    Case("depth-300", body("<a>" * 300 + "</a>" * 300), "XML_LIMIT"),
    Case("depth-100000", body("<a>" * 100_000 + "</a>" * 100_000), "XML_LIMIT"),
    Case("depth-in-the-header", body("", messages.header(after="<a>" * 300)), "XML_LIMIT"),
    Case("many-attributes", body(f"<УдалениеОбъекта {ATTRIBUTES}/>"), "read 1"),
    Case("many-attributes-of-the-root", f"<Message {ATTRIBUTES}/>", "NOT_A_MESSAGE"),
    Case("many-namespaces", body(f"<УдалениеОбъекта {NAMESPACES}/>"), "read 1"),
    Case("attribute-twice", body('<a b="1" b="2"/>'), "XML_BROKEN"),
    Case("huge-attribute", body(f'<a b="{"x" * 10_100_000}"/>'), "XML_LIMIT"),
    Case("huge-name", body(f"<{'x' * 60_000}/>"), "XML_LIMIT"),
    Case("huge-text", text("x" * 10_100_000), "XML_LIMIT"),
    Case("huge-cdata", text(f"<![CDATA[{'x' * 10_100_000}]]>"), "XML_LIMIT"),
    Case("huge-text-between-objects", body("x" * 10_100_000), "XML_LIMIT"),
    Case("huge-comment", body(f"<!--{'x' * 10_100_000}-->"), "XML_LIMIT"),
    Case("huge-instruction", body(f"<?x {'x' * 10_100_000}?>"), "XML_LIMIT"),
    Case("huge-header-text", body("", messages.header(sender="x" * 5_000_000)), "XML_LIMIT"),
    Case(
        "huge-header-list",
        body("", messages.header(versions=["1.19"] * 150_000)),
        "XML_LIMIT",
    ),
    Case("many-blanks-first", " \n" * 100_000 + WHOLE, "FILE_EMPTY|NOT_A_MESSAGE"),
]

FOREIGN = [
    Case("html", "<html><body>sign in</body></html>", "NOT_A_MESSAGE"),
    Case("html5", "<!DOCTYPE html><html><body></body></html>", DTD),
    Case("svg", '<svg xmlns="http://www.w3.org/2000/svg"/>', "NOT_A_MESSAGE"),
    Case(
        "soap",
        '<e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
        f"{WHOLE}</e:Body></e:Envelope>",
        "NOT_A_MESSAGE",
    ),
    Case("small-letters", WHOLE.replace("Message", "message"), "NOT_A_MESSAGE"),
    Case("header-alone", HEADER.replace("msg:", ""), "NOT_A_MESSAGE"),
    Case("body-alone", f'<Body xmlns="{messages.CRM_FORMAT}"/>', "NOT_A_MESSAGE"),
    Case("two-roots", "<a/>" + WHOLE, "NOT_A_MESSAGE|XML_BROKEN"),
    Case("two-messages", WHOLE + WHOLE, "XML_BROKEN"),
    Case("text-before-the-root", "order " + WHOLE, "NOT_XML"),
    Case("json", '{"Message": 1}', "NOT_XML"),
    Case("table", "number;sum\n1;2\n", "NOT_XML"),
    Case("empty", b"", "FILE_EMPTY"),
    Case("bom-alone", b"\xef\xbb\xbf", "FILE_EMPTY"),
    Case("bom-alone-utf16", b"\xff\xfe", "FILE_EMPTY|NOT_XML|XML_CUT"),
    Case("blanks-alone", b" \r\n\t\n", "FILE_EMPTY"),
    Case("nuls-alone", b"\0" * 5_000, "FILE_EMPTY"),
    Case("declaration-alone", '<?xml version="1.0"?>\n', "NOT_XML|XML_CUT"),
    Case("comment-alone", "<!-- nothing -->", "NOT_XML|XML_CUT"),
    Case("opening-tag-alone", ROOT, "XML_CUT"),
    Case("zip", zipped(), "FILE_ZIP"),
    Case("zip-empty", b"PK\x05\x06" + b"\0" * 18, "FILE_ZIP|NOT_XML"),
    Case("gzip", gzip.compress(WHOLE.encode()), "NOT_XML"),
    Case("bzip2", bz2.compress(WHOLE.encode()), "NOT_XML"),
    Case("png", b"\x89PNG\r\n\x1a\n" + b"\0" * 100, "NOT_XML"),
    Case("program", b"MZ\x90\0" + b"\xff" * 100, "NOT_XML"),
]

STRUCTURE = [
    Case("no-header", body("", ""), "NOT_A_MESSAGE"),
    Case("nothing-in-the-message", "<Message/>", "NOT_A_MESSAGE"),
    Case("body-before-the-header", f"{ROOT}<Body/>{HEADER}</Message>", "NOT_A_MESSAGE"),
    Case("message-in-the-message", f"{ROOT}{WHOLE}</Message>", "NOT_A_MESSAGE"),
    Case("message-in-the-body", body(WHOLE), "read 1"),
    Case("header-in-the-body", body(f"{HEADER}<a/>"), "read 2"),
    Case("body-in-an-object", body("<a><Body><b/></Body></a>"), "read 1"),
    Case("two-headers", WHOLE.replace("<Body", f"{HEADER}<Body", 1), "read 1"),
    Case(
        "two-bodies",
        WHOLE.replace(
            "</Message>", f'<Body xmlns="{messages.CRM_FORMAT}"><a/><b/></Body></Message>'
        ),
        "NOT_A_MESSAGE",
    ),
    Case("elements-behind-the-body", WHOLE.replace("</Message>", "<a/></Message>"), "read 1"),
    Case("body-of-another-namespace", WHOLE.replace('xmlns="urn', 'xmlns="x'), "FORMAT_MISMATCH"),
    Case("body-without-a-namespace", f"{ROOT}{HEADER}<Body/></Message>", "FORMAT_MISMATCH"),
    Case("header-of-another-namespace", WHOLE.replace(messages.MSG, "urn:x"), "HEADER_FIELD"),
    Case("message-of-a-namespace", WHOLE.replace("<Message", '<Message xmlns="urn:x"'), "read 1"),
    Case("prefix-nobody-declared", body("<x:a/>"), "XML_BROKEN"),
    Case("prefix-nobody-declared-in-an-object", body("<a><x:b/></a><c/>"), "XML_BROKEN"),
    Case("prefix-nobody-declared-of-the-root", "<x:Message/>", "XML_BROKEN"),
    Case("prefix-nobody-declared-of-the-message", WHOLE.replace("Message>", "x:Message>").replace("<Message", "<x:Message"), "XML_BROKEN"),
    Case("prefix-nobody-declared-of-the-header", WHOLE.replace("xmlns:msg", "xmlns:other"), "XML_BROKEN"),
    Case("prefix-nobody-declared-of-an-attribute", body('<a x:b="1"/><c/>'), "XML_BROKEN"),
    Case("two-colons-in-a-name", body("<a><b:c:d/></a><e/>"), "XML_BROKEN"),
    Case("brace-in-the-namespace-of-the-body", WHOLE.replace(messages.CRM_FORMAT, "urn:a}b"), "FORMAT_UNKNOWN"),
    Case("brace-in-a-namespace", body('<a><b xmlns="urn:a&#125;b"/></a>'), "FORMAT_UNKNOWN"),
    Case("brace-in-the-namespace-of-an-attribute", body('<a xmlns:x="}" x:b="1"/><c/>'), "FORMAT_UNKNOWN"),
    Case("brace-in-the-namespace-of-the-root", '<Message xmlns="{}"/>', "FORMAT_UNKNOWN"),
    Case("prefix-xml-taken", body('<a xmlns:xml="urn:x"/>'), "XML_BROKEN"),
    Case(
        "unknown-format",
        messages.message("", messages.header("urn:x"), "urn:x"),
        "FORMAT_UNKNOWN",
    ),
    Case("version-too-old", messages.bp_message(version="1.2"), "FORMAT_UNKNOWN"),
    Case("version-to-come", messages.bp_message(version="9.9"), "FORMAT_UNKNOWN"),
    Case("bare-format-with-a-body", messages.message("", messages.header(messages.ED_FORMAT), messages.ED_FORMAT), "FORMAT_UNKNOWN"),
    Case("declaration-twice", '<?xml version="1.0"?>' * 2 + WHOLE, "XML_BROKEN"),
    Case("declaration-too-late", '\n<?xml version="1.0"?>' + WHOLE, "XML_BROKEN"),
]  # fmt: skip

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
INERT = [
    Case(
        "stylesheet",
        '<?xml version="1.0"?><?xml-stylesheet type="text/xsl" href="@URL@a.xsl"?>' + WHOLE,
        "read 1",
    ),
    Case(
        "model",
        '<?xml version="1.0"?><?xml-model href="@URL@a.rng"?>' + WHOLE,
        "read 1",
    ),
    Case(
        "schema-location-of-the-root",
        WHOLE.replace(
            "<Message", f'<Message xsi:schemaLocation="{messages.CRM_FORMAT} @URL@a.xsd"'
        ),
        "read 1",
    ),
    Case(
        "schema-location-of-an-object",
        body(
            f'<УдалениеОбъекта {XSI} xsi:schemaLocation="{messages.CRM_FORMAT} @URL@b.xsd urn:x @FILE@"'
            ' xsi:noNamespaceSchemaLocation="@FILE@"/>'
        ),
        "read 1",
    ),
    Case(
        "schema-location-of-a-field",
        body(
            "<УдалениеОбъекта><ВидОбъекта xmlns:y='urn:y' xsi:schemaLocation='urn:y @URL@c.xsd'>x"
            "</ВидОбъекта></УдалениеОбъекта>"
        ),
        "read 1",
    ),
    Case(
        "type-of-an-object",
        body(f'<УдалениеОбъекта {XSI} xsi:type="xs:string">x</УдалениеОбъекта>'),
        "read 1",
    ),
    Case(
        "type-nobody-knows",
        body(f'<УдалениеОбъекта {XSI} xsi:type="Документ.СчетНаОплату"/>'),
        "read 1",
    ),
    Case("nil-object", body(f'<УдалениеОбъекта {XSI} xsi:nil="true"/>'), "read 1"),
    Case(
        "xinclude-text",
        text('<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="@FILE@" parse="text"/>'),
        "read 1",
    ),
    Case(
        "xinclude-http",
        body('<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="@URL@e.xml"/>'),
        "read 1",
    ),
    Case(
        "xinclude-in-the-header",
        body(
            "",
            messages.header(
                after='<i:include xmlns:i="http://www.w3.org/2001/XInclude" href="@FILE@"/>'
            ),
        ),
        "read 0",
    ),
    Case("base-and-link", body('<a xml:base="@URL@" href="f" src="@FILE@"/>'), "read 1"),
]

CASES = DOCTYPES + CHARACTERS + SIZES + FOREIGN + STRUCTURE + INERT

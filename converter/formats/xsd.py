"""XSD files from the formats: ``python -m converter.formats.xsd FOLDER`` writes all of them.

Per dialect ``Body.xsd`` (every object as a global element, so that each can be judged alone) and
``Message.xsd`` (the whole message); one ``Header.xsd`` for all. The files are committed under
``schemas/``; CI fails when they are not what this module writes.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from converter.formats import Dialect, dialects, message_head
from converter.formats.notation import Field, Group, Scalar, View

MSG_NAMESPACE = "http://www.1c.ru/SSL/Exchange/Message"
_NOTE = "made by converter.formats.xsd from the *.fields texts: change those"


def schema_files() -> Iterator[tuple[str, str]]:
    """Every schema as (path below ``schemas/``, text)."""
    yield "Header.xsd", _head_schema()
    for dialect in dialects():
        yield f"{dialect.schema_folder}/Body.xsd", _body_schema(dialect)
        yield f"{dialect.schema_folder}/Message.xsd", _message_schema(dialect)


def write_schemas(folder: Path) -> None:
    """Write every schema below a folder, which is made where it is absent."""
    for name, text in schema_files():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def _schema(namespace: str, body: list[str], imports: str = "") -> str:
    target = f' xmlns="{namespace}" targetNamespace="{namespace}"' if namespace else ""
    return "\n".join(
        [
            '<?xml version="1.0" encoding="UTF-8"?>',
            f"<!-- {_NOTE} -->",
            f'<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"{imports}{target}'
            ' elementFormDefault="qualified">',
            *body,
            "</xs:schema>",
            "",
        ]
    )


def _head_schema() -> str:
    return _schema(MSG_NAMESPACE, list(_types(message_head().at("1"))))


def _body_schema(dialect: Dialect) -> str:
    view = dialect.view
    body = list(_types(view))
    body += ['\t<xs:element name="Body">', "\t\t<xs:complexType>"]
    body += ['\t\t\t<xs:choice minOccurs="0" maxOccurs="unbounded">']
    body += [f'\t\t\t\t<xs:element ref="{name}"/>' for name in view.objects]
    body += ["\t\t\t</xs:choice>", "\t\t</xs:complexType>", "\t</xs:element>"]
    return _schema(dialect.namespace, body)


def _message_schema(dialect: Dialect) -> str:
    body = [
        f'\t<xs:import namespace="{MSG_NAMESPACE}" schemaLocation="../Header.xsd"/>',
        f'\t<xs:import namespace="{dialect.namespace}" schemaLocation="Body.xsd"/>',
        '\t<xs:element name="Message">',
        "\t\t<xs:complexType>",
        "\t\t\t<xs:sequence>",
        '\t\t\t\t<xs:element ref="msg:Header"/>',
        '\t\t\t\t<xs:element ref="body:Body" minOccurs="0"/>',
        "\t\t\t</xs:sequence>",
        "\t\t</xs:complexType>",
        "\t</xs:element>",
    ]
    names = f' xmlns:msg="{MSG_NAMESPACE}" xmlns:body="{dialect.namespace}"'
    return _schema("", body, names)


def _types(view: View) -> Iterator[str]:
    for name, kind in view.types.items():
        if isinstance(kind, Scalar):
            yield from _simple(kind, "\t", name)
        else:
            yield f'\t<xs:complexType name="{name}">'
            yield from _fields(kind, "\t\t")
            yield "\t</xs:complexType>"
    for name in view.objects:
        yield f'\t<xs:element name="{name}" type="{name}"/>'


def _fields(group: Group, indent: str) -> Iterator[str]:
    tag = "xs:choice" if group.choice else "xs:sequence"
    yield f"{indent}<{tag}>"
    for field in group.fields:
        yield from _element(field, indent + "\t")
    yield f"{indent}</{tag}>"


def _element(field: Field, indent: str) -> Iterator[str]:
    occurs = ("" if field.least else ' minOccurs="0"') + (
        ' maxOccurs="unbounded"' if field.many else ""
    )
    kind = field.type
    if field.type_name is not None:
        yield f'{indent}<xs:element name="{field.name}" type="{field.type_name}"{occurs}/>'
    elif isinstance(kind, Scalar) and kind == Scalar("", kind.base):
        yield f'{indent}<xs:element name="{field.name}" type="xs:{kind.base}"{occurs}/>'
    else:
        yield f'{indent}<xs:element name="{field.name}"{occurs}>'
        if isinstance(kind, Scalar):
            yield from _simple(kind, indent + "\t")
        else:
            yield f"{indent}\t<xs:complexType>"
            yield from _fields(kind, indent + "\t\t")
            yield f"{indent}\t</xs:complexType>"
        yield f"{indent}</xs:element>"


def _simple(scalar: Scalar, indent: str, name: str = "") -> Iterator[str]:
    facets = [f'enumeration value="{word}"' for word in scalar.words]
    if scalar.pattern is not None:
        facets.append(f'pattern value="{scalar.pattern}"')
    if scalar.min_length:
        facets.append(f'minLength value="{scalar.min_length}"')
    for facet, bound in (
        ("maxLength", scalar.max_length),
        ("totalDigits", scalar.digits),
        ("fractionDigits", scalar.fraction),
        ("minInclusive", scalar.least),
    ):
        if bound is not None:
            facets.append(f'{facet} value="{bound}"')
    yield f'{indent}<xs:simpleType name="{name}">' if name else f"{indent}<xs:simpleType>"
    yield f'{indent}\t<xs:restriction base="xs:{scalar.base}">'
    yield from (f"{indent}\t\t<xs:{facet}/>" for facet in facets)
    yield f"{indent}\t</xs:restriction>"
    yield f"{indent}</xs:simpleType>"


if __name__ == "__main__":
    write_schemas(Path(sys.argv[1]))

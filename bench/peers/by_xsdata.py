"""xsdata reads and writes dataclasses, judging neither side: ``by_xsdata.py CRM.xsd BP.xsd IN OUT``.

The classes are made from the format's own description, as its generator would from the schemas,
with typed fields. Object by object, so that its memory stays small.
"""

import sys
from dataclasses import field, make_dataclass
from decimal import Decimal
from functools import cache
from typing import Any

from xsdata.formats.dataclass.parsers import XmlParser
from xsdata.formats.dataclass.parsers.handlers import LxmlEventHandler
from xsdata.formats.dataclass.serializers import XmlSerializer
from xsdata.formats.dataclass.serializers.config import SerializerConfig

from bench.peers import mapping
from converter.formats import CRM, Dialect, bp
from converter.formats.notation import Group, Scalar

BP = bp("1.19")
TYPES = {"decimal": Decimal, "boolean": bool, "int": int, "integer": int}
source, target = sys.argv[3:]


class Fields:
    """Lets `mapping` read a dataclass as it reads a dictionary."""

    def __getitem__(self, name: str) -> Any:
        return getattr(self, name)

    def __contains__(self, name: str) -> bool:
        return getattr(self, name, None) is not None

    def get(self, name: str) -> Any:
        return getattr(self, name, None)


@cache
def classes(group: Group, name: str, dialect: Dialect) -> Any:
    made: list[Any] = []
    for each in group.fields:
        kind = each.type
        inner: Any = (
            TYPES.get(kind.base, str)
            if isinstance(kind, Scalar)
            else classes(kind, each.type_name or each.name, dialect)
        )
        about = {"name": each.name, "type": "Element", "namespace": dialect.namespace}
        if each.many:
            made.append((each.name, list[inner], field(default_factory=list, metadata=about)))
        else:
            made.append((each.name, inner | None, field(default=None, metadata=about)))
    meta = type("Meta", (), {"name": name, "namespace": dialect.namespace})
    return make_dataclass(name.replace(".", "_"), made, bases=(Fields,), namespace={"Meta": meta})


def build(group: Group, name: str, fields: Any) -> Any:
    """A dataclass of BP out of nested dictionaries, or out of a dataclass of the CRM."""
    values = {}
    for each in group.fields:
        value = fields.get(each.name)
        if value is not None and isinstance(each.type, Group):
            kind, title = each.type, each.type_name or each.name
            if each.many:
                value = [build(kind, title, one) for one in value]
            else:
                value = build(kind, title, value)
        if value is not None:
            values[each.name] = value
    return classes(group, name, BP)(**values)


parser = XmlParser(handler=LxmlEventHandler)
serializer = XmlSerializer(config=SerializerConfig(xml_declaration=False))


def read(name: str, element: Any) -> Any:
    return parser.parse(element, classes(CRM.view.objects[name], name, CRM))


def write(name: str, fields: Any) -> str:
    made = build(BP.view.objects[name], name, fields)
    return str(serializer.render(made, ns_map={None: BP.namespace}))


mapping.convert(source, target, read, write)

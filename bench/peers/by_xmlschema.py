"""xmlschema decodes and encodes, judging both sides: ``by_xmlschema.py CRM.xsd BP.xsd IN OUT``.

Object by object, so that its memory stays small.
"""

import sys
import xml.etree.ElementTree as tree
from typing import Any

import xmlschema

from bench.peers import mapping

crm_xsd, bp_xsd, source, target = sys.argv[1:]
read, write = xmlschema.XMLSchema10(crm_xsd), xmlschema.XMLSchema10(bp_xsd)
HOW: dict[str, Any] = {"converter": xmlschema.UnorderedConverter}


def decode(name: str, element: Any) -> mapping.Fields:
    found: Any = read.elements[name].decode(
        element, namespaces={"": mapping.CRM[1:-1]}, decimal_type=str, **HOW
    )
    return {field: value for field, value in found.items() if not field.startswith("@")}


def encode(name: str, fields: mapping.Fields) -> str:
    made: Any = write.elements[name].encode(
        fields, namespaces={"": mapping.ED}, etree_element_class=None, **HOW
    )
    return str(tree.tostring(made, encoding="unicode"))


mapping.convert(source, target, decode, encode)

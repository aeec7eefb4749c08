"""xmlschema decodes and encodes, judging both sides: ``by_xmlschema.py CRM.xsd BP.xsd IN OUT``.

Object by object, so that its memory stays small.
"""

import sys
import xml.etree.ElementTree as tree
from pathlib import Path
from typing import Any

import xmlschema
from lxml import etree

from bench.peers import mapping

CRM = "{urn:enterprisedata-converter:crm:1.0}"
ED = "http://v8.1c.ru/edi/edi_stnd/EnterpriseData/1.19"
crm_xsd, bp_xsd, source, target = sys.argv[1:]
read, write = xmlschema.XMLSchema10(crm_xsd), xmlschema.XMLSchema10(bp_xsd)
HOW: dict[str, Any] = {"converter": xmlschema.UnorderedConverter}


def decode(element: Any) -> mapping.Fields:
    found: Any = read.elements[etree.QName(element).localname].decode(
        element, namespaces={"": CRM[1:-1]}, decimal_type=str, **HOW
    )
    return {name: value for name, value in found.items() if not name.startswith("@")}


def encode(name: str, fields: mapping.Fields) -> str:
    made: Any = write.elements[name].encode(
        fields, namespaces={"": ED}, etree_element_class=None, **HOW
    )
    return str(tree.tostring(made, encoding="unicode"))


cards, contracts, documents = [], {}, []
for _, element in etree.iterparse(
    source, tag=(f"{CRM}Справочник.Контрагенты", f"{CRM}Документ.СчетНаОплату")
):
    given = decode(element)
    if str(element.tag).endswith("Контрагенты"):
        cards.append(encode("Справочник.Контрагенты", mapping.counterparty(given)))
    else:
        ref = given["Договор"]["Ссылка"]
        if ref not in contracts:
            made = {"КлючевыеСвойства": mapping.contract(given)}
            contracts[ref] = encode("Справочник.Договоры", made)
        documents.append(encode("Документ.ЗаказКлиента", mapping.invoice(given)))
    element.clear()
body = "".join([*cards, *contracts.values(), *documents])
Path(target).write_text(f'<Message><Body xmlns="{ED}">{body}</Body></Message>', encoding="utf-8")

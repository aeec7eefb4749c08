"""Every type that we declare, held against the official schema of every version.

Same fields, same order, same types and cardinality. What the official type has beyond ours must
not be required, or our schema would accept what 1C refuses.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from converter.formats import enterprise_data
from converter.formats.notation import Field, Group, Scalar

XSD = Path(__file__).parents[3] / "shared" / "enterprisedata" / "xsd"
XS = "{http://www.w3.org/2001/XMLSchema}"
VERSIONS = enterprise_data().versions

pytestmark = pytest.mark.skipif(
    not XSD.is_dir(), reason="the official schemas are not beside the checkout"
)


class Official(NamedTuple):
    """One version's official schema: its named types."""

    types: dict[str, etree._Element]

    def named(self, name: str | None) -> etree._Element | None:
        return (
            self.types.get(name.rpartition(":")[2]) if name and not name.startswith("xs:") else None
        )


def load(version: str) -> Official:
    path = next((XSD / version).glob("EnterpriseData*.xsd"))
    root = etree.parse(str(path)).getroot()
    return Official(
        {t.get("name", ""): t for t in root if t.get("name") and t.tag != f"{XS}element"}
    )


@pytest.fixture(scope="module", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def official(version: str) -> Official:
    return load(version)


def elements(kind: etree._Element) -> list[etree._Element]:
    """The elements of a complex type in their order."""
    for path in ("", f"{XS}complexContent/{XS}extension/"):
        for group in ("sequence", "choice"):
            found = kind.find(f"{path}{XS}{group}")
            if found is not None:
                return [child for child in found if child.tag == f"{XS}element"]
    return []


def is_choice(kind: etree._Element) -> bool:
    return kind.find(f"{XS}choice") is not None


class Value(NamedTuple):
    """A simple type as far as it narrows a value."""

    base: str
    facets: frozenset[tuple[str, str]]
    words: frozenset[str]


def official_value(official: Official, element: etree._Element) -> Value:
    name = element.get("type")
    kind = official.named(name) if name else element.find(f"{XS}simpleType")
    if kind is None:
        assert name is not None
        return Value(name.rpartition(":")[2], frozenset(), frozenset())
    restriction = kind.find(f"{XS}restriction")
    assert restriction is not None
    facets = {(str(etree.QName(f).localname), f.get("value", "")) for f in restriction}
    words = frozenset(value for facet, value in facets if facet == "enumeration")
    base = restriction.get("base", "").rpartition(":")[2]
    if restriction.get("base", "").startswith("msg:"):
        base = "string"
    return Value(base, frozenset(f for f in facets if f[0] != "enumeration"), words)


def our_value(scalar: Scalar) -> Value:
    facets = {
        ("maxLength", scalar.max_length),
        ("totalDigits", scalar.digits),
        ("fractionDigits", scalar.fraction),
    }
    kept = frozenset((name, str(bound)) for name, bound in facets if bound is not None)
    return Value(scalar.base, kept, frozenset(scalar.words))


def compare(where: str, ours: Group, theirs: etree._Element, official: Official) -> list[str]:
    """What differs between our group and the official type, as sentences."""
    faults = []
    found = elements(theirs)
    names = [str(element.get("name")) for element in found]
    mine = [field.name for field in ours.fields]
    kept = [name for name in names if name in mine]
    if not ours.choice and kept != mine:
        faults.append(f"{where}: fields {mine}, official order {kept}")
    missing = [name for name in mine if name not in names]
    if missing:
        return [*faults, f"{where}: the official type has no {missing}"]
    if is_choice(theirs) and not ours.choice:
        faults.append(f"{where}: officially a choice")
    by_name = dict(zip(names, found, strict=True))
    for name, element in by_name.items():
        if name not in mine and element.get("minOccurs", "1") != "0":
            faults.append(f"{where}: {name} is required officially and not declared")
    for field in ours.fields:
        faults += compare_field(f"{where}/{field.name}", field, by_name[field.name], official)
    return faults


def compare_field(
    where: str, field: Field, element: etree._Element, official: Official
) -> list[str]:
    faults = []
    occurs = (str(field.least), "unbounded" if field.many else "1")
    officially = (element.get("minOccurs", "1"), element.get("maxOccurs", "1"))
    if occurs != officially:
        faults.append(f"{where}: occurs {occurs}, officially {officially}")
    if isinstance(field.type, Scalar):
        value, theirs = our_value(field.type), official_value(official, element)
        if value != theirs:
            faults.append(f"{where}: {value}, officially {theirs}")
        return faults
    name = element.get("type", "").rpartition(":")[2]
    if field.type_name is not None:
        if field.type_name != name:
            # Keys of the same shape may share one declaration; their shape is compared all the same.
            faults.append(f"{where}: type {field.type_name}, officially {name}")
        return faults
    kind = official.named(element.get("type"))
    inner = kind if kind is not None else element.find(f"{XS}complexType")
    assert inner is not None, where
    return faults + compare(where, field.type, inner, official)


def test_every_declared_type_agrees_with_the_official_one(version: str, official: Official) -> None:
    view = enterprise_data().at(version)
    faults = []
    for name, kind in view.types.items():
        if name == "Ref":
            continue  # ours alone, narrower than msg:Ref: a GUID
        theirs = official.types.get(name)
        if theirs is None:
            faults.append(f"{name}: no such type officially")
        elif isinstance(kind, Group):
            faults += compare(name, kind, theirs, official)
        elif our_value(kind) != official_value(official, _element_of(name)):
            faults.append(f"{name}: {our_value(kind)}")
    assert not faults, "\n".join(faults)


def test_a_type_is_declared_in_every_version_that_has_it(version: str, official: Official) -> None:
    """A `since` or `until` that hides a type or a field that exists would lose data."""
    everywhere = {name for v in VERSIONS for name in enterprise_data().at(v).types} - {"Ref"}
    view = enterprise_data().at(version)
    hidden = [name for name in everywhere if name in official.types and name not in view.types]
    fields = []
    for name, kind in view.types.items():
        if not isinstance(kind, Group) or name not in official.types:
            continue
        known = {
            field.name
            for v in VERSIONS
            if isinstance(group := enterprise_data().at(v).types.get(name), Group)
            for field in group.fields
        }
        present = {str(element.get("name")) for element in elements(official.types[name])}
        fields += [f"{name}/{f}" for f in known & present if f not in kind.by_name]
    assert (hidden, fields) == ([], [])


def _element_of(type_name: str) -> etree._Element:
    element = etree.Element(f"{XS}element")
    element.set("type", f"tns:{type_name}")
    return element

"""Why a schema refuses an object, in the words of the catalogue: what, which field, which line.

xmlschema finds the reasons; it is thirty times slower than the schema that refused, and is loaded
only when something has been refused.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, cast

from lxml import etree

from converter.formats import Dialect
from converter.formats.notation import Group
from converter.formats.schemas import schema, schema_path
from converter.problems import Problem
from converter.problems import catalogue as say

if TYPE_CHECKING:
    import xmlschema

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
MOST = 20


@cache
def _explainer(dialect: Dialect) -> xmlschema.XMLSchema:
    import xmlschema  # slow to load, and rarely needed

    return xmlschema.XMLSchema10(str(schema_path(dialect)), defuse="always", allow="local")


def explain(element: etree._Element, dialect: Dialect) -> list[Problem]:
    """The problems of an object that the schema refused, at most `MOST`, each with its line."""
    problems = []
    for error in _explainer(dialect).iter_errors(cast(Any, element)):
        problems.append(_problem(error, element))
        if len(problems) == MOST:
            break
    if not problems:
        judge = schema(dialect)
        judge.validate(element)
        reason = judge.error_log.last_error
        problems = [say.VALUE_INVALID(value=etree.QName(element).localname, expected=str(reason))]
    return problems


def prune(element: etree._Element, dialect: Dialect) -> list[str]:
    """Take out of an object what its format does not know; the paths of what was taken out.

    Elements marked as nil are empty in 1C's sense and go without being named.
    """
    group = dialect.view.objects.get(etree.QName(element).localname)
    taken: list[str] = []
    if group is not None:
        _prune(element, group, dialect.namespace, "", taken)
    return taken


def _prune(
    element: etree._Element, group: Group, namespace: str, path: str, taken: list[str]
) -> None:
    element.attrib.clear()
    for child in list(element):
        name = etree.QName(child)
        here = f"{path}/{name.localname}" if path else name.localname
        field = group.by_name.get(name.localname) if name.namespace == namespace else None
        if field is None:
            taken.append(here)
            _remove(child)
        elif child.get(NIL) in ("true", "1"):
            _remove(child)
        elif isinstance(field.type, Group):
            _prune(child, field.type, namespace, here, taken)
        else:
            child.attrib.clear()


def _remove(child: etree._Element) -> None:
    parent = child.getparent()
    if parent is not None:
        parent.remove(child)


def field_path(element: etree._Element, root: etree._Element) -> str:
    """The path of an element below an object, rows numbered, such as ``Товары/Строка[2]/Цена``."""
    steps: list[str] = []
    node: etree._Element | None = element
    while node is not None and node is not root:
        name = etree.QName(node).localname
        parent = node.getparent()
        if name == "Строка" and parent is not None:
            name += f"[{parent.index(node) + 1}]"
        steps.append(name)
        node = parent
    return "/".join(reversed(steps))


def _problem(error: Any, root: etree._Element) -> Problem:
    element = error.elem if error.elem is not None else root
    path = field_path(element, root)
    line = element.sourceline
    invalid = getattr(error, "invalid_tag", None)
    expected = [item.local_name for item in getattr(error, "expected", None) or ()]
    kind = type(error).__name__
    if kind == "XMLSchemaChildrenValidationError":
        child = error.invalid_child
        line = child.sourceline if child is not None else line
        return _children(path, element, invalid, expected).at(line=line)
    return _value(path, error, element).at(line=line)


def _children(
    path: str, element: etree._Element, invalid: str | None, expected: list[str]
) -> Problem:
    """A child is missing, unless it is there and only out of place."""
    present = {etree.QName(child).localname for child in element}
    missing = [name for name in expected if name not in present]
    prefix = f"{path}/" if path else ""
    if missing and (len(expected) == 1 or invalid is None):
        return say.FIELD_MISSING(prefix + missing[0])
    name = etree.QName(invalid).localname if invalid else ""
    return say.FIELD_MISPLACED(prefix + name, expected=", ".join(expected) or "—")


def _value(path: str, error: Any, element: etree._Element) -> Problem:
    value = (element.text or "").strip()
    facet = type(error.validator).__name__
    if facet == "XsdEnumerationFacets":
        return say.VALUE_NOT_LISTED(
            path, value=value, expected=", ".join(error.validator.enumeration)
        )
    if facet in ("XsdFractionDigitsFacet", "XsdTotalDigitsFacet"):
        return say.DIGITS_TOO_MANY(path, value=value, expected=_digits(error.validator.base_type))
    if facet == "XsdMaxLengthFacet":
        return say.VALUE_TOO_LONG(path, value=value, limit=error.validator.value)
    if facet == "XsdMinLengthFacet":
        return say.FIELD_MISSING(path)
    if facet == "XsdPatternFacets" and "fA-F" in str(error.validator.patterns):
        return say.REF_NOT_GUID(path, value=value)
    if value == "" and error.obj == "":
        return say.FIELD_MISSING(path)
    expected = getattr(error.validator, "local_name", None) or error.reason
    return say.VALUE_INVALID(path, value=value, expected=expected)


def _digits(base: Any) -> str:
    facets = {
        type(facet).__name__: facet.value
        for facet in base.facets.values()
        if hasattr(facet, "value")
    }
    total, fraction = facets.get("XsdTotalDigitsFacet"), facets.get("XsdFractionDigitsFacet")
    return f"{total},{fraction}" if fraction is not None else f"{total}"

"""Why a schema refuses an object, in the words of the catalogue: what, which field, which line.

xmlschema finds the reasons; it is thirty times slower than the schema that refused, and is loaded
only when something has been refused. What it accepts although the schema does not, and objects that
would take it many seconds, are explained by the findings of the schema itself: by their kinds and
places, never by their words, which are English.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Any, cast

from lxml import etree

from converter.formats import Dialect
from converter.formats.notation import Field, Group, Scalar
from converter.formats.schemas import schema, schema_path
from converter.problems import Problem
from converter.problems import catalogue as say

if TYPE_CHECKING:
    import xmlschema

NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
MOST = 20
LARGE = 20_000

#: what a value of a type looks like, for people
EXAMPLES = {
    "dateTime": "2026-03-02T10:15:00",
    "date": "2026-03-02",
    "boolean": "true, false",
    "decimal": "1234.50",
    "int": "12",
    "integer": "12",
    "КодВалюты": "643",
}

#: what refused a value: the findings of libxml2, as xmlschema calls them
_FACETS = {
    "SCHEMAV_CVC_ENUMERATION_VALID": "XsdEnumerationFacets",
    "SCHEMAV_CVC_FRACTIONDIGITS_VALID": "XsdFractionDigitsFacet",
    "SCHEMAV_CVC_TOTALDIGITS_VALID": "XsdTotalDigitsFacet",
    "SCHEMAV_CVC_MAXLENGTH_VALID": "XsdMaxLengthFacet",
}
_CONTENT = "SCHEMAV_ELEMENT_CONTENT"
_VALUE = "SCHEMAV_CVC_DATATYPE_VALID_1_2_1"


@cache
def _explainer(dialect: Dialect) -> xmlschema.XMLSchema:
    import xmlschema  # slow to load, and rarely needed

    return xmlschema.XMLSchema10(str(schema_path(dialect)), defuse="always", allow="local")


def explain(element: etree._Element, dialect: Dialect) -> list[Problem]:
    """The problems of an object that the schema refused, at most `MOST`, each with its line."""
    if sum(1 for _ in islice(element.iter(), LARGE)) == LARGE:
        return _by_judge(element, dialect)
    problems: list[Problem] = []
    for error in _explainer(dialect).iter_errors(cast(Any, element)):
        problem = _problem(error, element, dialect)
        if problem not in problems:  # a date without time breaks two rules, and is one mistake
            problems.append(problem)
        if len(problems) == MOST:
            return problems
    # xmlschema passes over blanks inside of numbers
    fields = {problem.where.field for problem in problems}
    for problem in _by_judge(element, dialect, values_only=bool(problems)):
        if problem.where.field not in fields and len(problems) < MOST:
            problems.append(problem)
    return problems


def _by_judge(
    element: etree._Element, dialect: Dialect, values_only: bool = False
) -> list[Problem]:
    """The problems of an object by the findings of the schema that refused it."""
    judge = schema(dialect)
    judge.validate(element)
    problems: list[Problem] = []
    for entry in judge.error_log:
        if values_only and entry.type_name != _VALUE:
            continue
        problem = _finding(entry, element, dialect)
        if problem not in problems:
            problems.append(problem)
        if len(problems) == MOST:
            break
    return problems


def _finding(entry: etree._LogEntry, root: etree._Element, dialect: Dialect) -> Problem:
    element = _found_at(entry, root)
    line = element.sourceline
    if entry.type_name == _CONTENT:
        expected = re.findall(r"\{[^}]*\}([^\s,]+)", entry.message.partition("Expected is")[2])
        invalid, above = None, None if element is root else element.getparent()
        if above is None or "Missing child" in entry.message:
            parent = element
        else:
            invalid, parent = str(element.tag), above
        path = field_path(parent, root)
        group = _group(path, root, dialect)
        needed = [name for name in expected if name in group.by_name and group.by_name[name].least]
        return _children(path, parent, invalid, needed or expected, group).at(line=line)
    path = field_path(element, root)
    scalar = _scalar(path, root, dialect)
    if scalar is None or len(element):
        expected_text = _neighbours("", _group(path, root, dialect))
        return say.FIELD_MISPLACED(path, expected=expected_text).at(line=line)
    return _value(path, _FACETS.get(entry.type_name, ""), element, scalar).at(line=line)


def _found_at(entry: etree._LogEntry, root: etree._Element) -> etree._Element:
    """The element of a finding: by its path from the object on, else by its line."""
    _, _, below = (entry.path or "").lstrip("/").partition("/")
    prefixes = {prefix: uri for prefix, uri in root.nsmap.items() if prefix}
    try:
        found = root.xpath(below or ".", namespaces=prefixes)
    except etree.XPathError:
        found = []
    if isinstance(found, list) and found and isinstance(found[0], etree._Element):
        return found[0]
    return next((each for each in root.iter() if each.sourceline == entry.line), root)


def prune(element: etree._Element, dialect: Dialect, empty: bool = True) -> list[str]:
    """Take out of an object what its format does not know; the paths of what was taken out.

    Elements marked as nil, and empty ones that could not be empty, mean that nothing is said: they
    go without being named, unless ``empty`` is false.
    """
    group = dialect.view.objects.get(etree.QName(element).localname)
    taken: list[str] = []
    if group is not None:
        _prune(element, group, dialect.namespace, "", taken, empty)
    return taken


def _prune(
    element: etree._Element,
    group: Group,
    namespace: str,
    path: str,
    taken: list[str],
    empty: bool,
) -> None:
    element.attrib.clear()
    for child in list(element):
        name = etree.QName(child)
        here = f"{path}/{name.localname}" if path else name.localname
        field = group.by_name.get(name.localname) if name.namespace == namespace else None
        if field is None:
            taken.append(here)
            _remove(child)
        elif empty and _says_nothing(child, field):
            _remove(child)
        elif isinstance(field.type, Group):
            _prune(child, field.type, namespace, here, taken, empty)
        else:
            child.attrib.clear()


def _says_nothing(child: etree._Element, field: Field) -> bool:
    """Whether an element is marked as nil, or is empty where only a value would mean something."""
    if child.get(NIL) in ("true", "1"):
        return True
    if field.least or len(child) or child.text:
        return False
    kind = field.type
    return not isinstance(kind, Scalar) or kind.base != "string" or bool(kind.words)


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


def _problem(error: Any, root: etree._Element, dialect: Dialect) -> Problem:
    element = error.elem if error.elem is not None else root
    path = field_path(element, root)
    line = element.sourceline
    invalid = getattr(error, "invalid_tag", None)
    expected = [item.local_name for item in getattr(error, "expected", None) or ()]
    kind = type(error).__name__
    if kind == "XMLSchemaChildrenValidationError":
        child = error.invalid_child
        line = child.sourceline if child is not None else line
        group = _group(path, root, dialect)
        return _children(path, element, invalid, expected, group).at(line=line)
    if len(element):
        return say.FIELD_MISPLACED(path, expected=_neighbours("", _group(path, root, dialect))).at(
            line=line
        )
    facet = type(error.validator).__name__
    return _value(path, facet, element, _scalar(path, root, dialect)).at(line=line)


def _children(
    path: str, element: etree._Element, invalid: str | None, expected: list[str], group: Group
) -> Problem:
    """A child is missing, unless it is there and only out of place."""
    present = {etree.QName(child).localname for child in element}
    missing = [name for name in expected if name not in present]
    prefix = f"{path}/" if path else ""
    if missing and (len(expected) == 1 or invalid is None):
        return say.FIELD_MISSING(prefix + missing[0])
    name = etree.QName(invalid).localname if invalid else ""
    wanted = expected[0] if expected else None
    return say.FIELD_MISPLACED(prefix + name, expected=_neighbours(name, group, wanted))


def _neighbours(name: str, group: Group, wanted: str | None = None) -> str:
    """A field between those that stand before and behind it in the format, from one wanted on."""
    names = [field.name for field in group.fields]
    if name not in names:
        return ", ".join(names)
    if wanted in names and names.index(wanted) < names.index(name):
        return ", ".join(names[names.index(wanted) : names.index(name) + 1])
    index = names.index(name)
    before = ["…", *names[:index]][-1] if index else ""
    behind = names[index + 1] if index + 1 < len(names) else ""
    return ", ".join(part for part in (before, name, behind) if part)


def _field(path: str, root: etree._Element, dialect: Dialect) -> Field | None:
    group = dialect.view.objects.get(etree.QName(root).localname)
    return group.find(re.sub(r"\[\d+\]", "", path)) if group is not None and path else None


def _scalar(path: str, root: etree._Element, dialect: Dialect) -> Scalar | None:
    field = _field(path, root, dialect)
    return field.type if field is not None and isinstance(field.type, Scalar) else None


def _group(path: str, root: etree._Element, dialect: Dialect) -> Group:
    field = _field(path, root, dialect)
    if field is not None and isinstance(field.type, Group):
        return field.type
    return dialect.view.objects[etree.QName(root).localname]


def _value(path: str, facet: str, element: etree._Element, scalar: Scalar | None) -> Problem:
    value = (element.text or "").strip()
    if scalar is None or (value == "" and facet != "XsdEnumerationFacets"):
        return say.FIELD_MISSING(path)
    if scalar.words:
        return say.VALUE_NOT_LISTED(path, value=value, expected=", ".join(scalar.words))
    if facet in ("XsdFractionDigitsFacet", "XsdTotalDigitsFacet"):
        return say.DIGITS_TOO_MANY(path, value=value, expected=_digits(scalar))
    if facet == "XsdMaxLengthFacet":
        return say.VALUE_TOO_LONG(path, value=value, limit=scalar.max_length)
    if scalar.base == "string" and "fA-F" in (scalar.pattern or ""):
        return say.REF_NOT_GUID(path, value=value)
    example = EXAMPLES.get(scalar.name) or EXAMPLES.get(scalar.base) or scalar.pattern
    return say.VALUE_INVALID(path, value=value, expected=example or scalar.base)


def _digits(scalar: Scalar) -> str:
    return f"{scalar.digits}" if scalar.fraction is None else f"{scalar.digits},{scalar.fraction}"

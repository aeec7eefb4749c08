"""Compiles a table into a reader: an element of one dialect in, a record out.

The code is made once per table and version: a loop over the children with an if-chain over their
names, elements that the table does not name passed over. Where the schema has accepted the element
before, its children are taken one after another instead: asking for a name costs more than reading
a value, and is needed only to tell which of the optional fields are absent (docs/performance.md).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from itertools import count
from typing import Any

from lxml import etree

from converter import values
from converter.formats import Dialect
from converter.formats.notation import Group, Scalar
from converter.mapping.places import Place, annotation, in_order, lay_out
from converter.mapping.table import Line, Table

Read = Callable[[etree._Element], Any]

_SCALARS = {
    "decimal": "number",
    "int": "whole",
    "integer": "whole",
    "boolean": "flag",
    "date": "moment",
    "dateTime": "moment",
}
#: how EnterpriseData's optional fields are read where that differs
_OPTIONAL = {"moment": "occasion"}
_NAMES = {*_SCALARS.values(), *_OPTIONAL.values(), "emptied"}


@cache
def reader(table: Table, dialect: Dialect, judged: bool = False) -> Read:
    """The reader of an object's table in a dialect.

    With ``judged`` it may only be given what the dialect's own schema has accepted, and is faster.
    The reader raises `values.Unreadable` and `values.Absent`, each with the element.
    """
    name = table.name(dialect.side)
    assert name is not None, "a table that is read needs an element on that side"
    return _compiler(dialect, judged).function(table, dialect.view.objects[name])


@cache
def _compiler(dialect: Dialect, judged: bool) -> _Compiler:
    """One for all objects of a dialect: what they have in common is made once."""
    return _Compiler(dialect, judged)


class _Compiler:
    """Makes the functions of one dialect; `names` is what their code can see."""

    def __init__(self, dialect: Dialect, judged: bool) -> None:
        self.dialect = dialect
        self.judged = judged
        self.names: dict[str, Any] = {"Absent": values.Absent}
        self.names.update({name: getattr(values, name) for name in _NAMES})
        self.made: dict[tuple[int, int], str] = {}

    def function(self, table: Table, group: Group) -> Read:
        function: Read = self.names[self.name_of(table, group)]
        return function

    def name_of(self, table: Table, group: Group) -> str:
        """The name of the function that reads a table from a group, made where it is not yet."""
        key = (id(table), id(group))
        if key not in self.made:
            self.made[key] = name = f"read_{table.record.__name__}_{len(self.made)}"
            source = "\n".join(_Function(self, table, group).code(name))
            exec(compile(source, f"<{name} {self.dialect}>", "exec"), self.names)
        return self.made[key]

    def see(self, value: Any) -> str:
        """A name under which the code sees a value."""
        name = f"x{len(self.names)}"
        self.names[name] = value
        return name


class _Function:
    """The code of one reader."""

    def __init__(self, compiler: _Compiler, table: Table, group: Group) -> None:
        self.compiler = compiler
        self.table = table
        self.group = group
        self.found: dict[str, list[str]] = {}
        self.rows: list[str] = []
        self.levels = count(1)

    def code(self, name: str) -> list[str]:
        side = self.compiler.dialect.side
        places = lay_out(self.table, self.group, side, writing=False)
        body = self._children("el", self.group, places, 1)
        record = self.compiler.see(self.table.record)
        arguments = ", ".join(self._argument(field) for field in self._fields())
        singles = [v for vs in self.found.values() for v in vs if v not in self.rows]
        return [
            f"def {name}(el):",
            f"    {' = '.join(singles)} = None",
            *(f"    {variable} = []" for variable in self.rows),
            *body,
            *self._checks(),
            f"    return {record}({arguments})",
        ]

    def _fields(self) -> tuple[str, ...]:
        fields: tuple[str, ...] = self.table.record.__struct_fields__
        return fields

    def _children(
        self, parent: str, group: Group, places: dict[str, Place], depth: int
    ) -> list[str]:
        """The code that reads the children of an element."""
        if self.compiler.judged and places and not group.choice:
            if not any(field.many for field in group.fields):
                return self._one_by_one(parent, group, places, depth)
            if len(group.fields) == 1:
                return self._all_alike(parent, places[group.fields[0].name], depth)
        return self._loop(parent, group, places, depth)

    def _one_by_one(
        self, parent: str, group: Group, places: dict[str, Place], depth: int
    ) -> list[str]:
        """Children in the order of the format; ``absent`` counts those that are yet to be missed."""
        tabs = "    " * depth
        level = next(self.levels)
        child, rest, absent = f"e{level}", f"rest{level}", f"absent{level}"
        onward = f"{child} = next({rest}, None)"
        lines = [
            f"{tabs}{absent} = {len(group.fields)} - len({parent})",
            f"{tabs}{rest} = iter({parent})",
            f"{tabs}{onward}",
        ]
        for field in group.fields:
            deeper = depth
            if not field.least:
                deeper += 1
                other = f"({child} is None or {child}.tag != {self._tag(field.name)})"
                lines.append(f"{tabs}if {absent} and {other}:")
                lines.append(f"{tabs}    {absent} -= 1")
                lines.append(f"{tabs}else:")
            if field.name in places:
                lines += self._read(places[field.name], child, deeper)
            lines.append("    " * deeper + onward)
        return lines

    def _all_alike(self, parent: str, place: Place, depth: int) -> list[str]:
        """Children that are all rows of one kind."""
        child = f"e{next(self.levels)}"
        return ["    " * depth + f"for {child} in {parent}:", *self._read(place, child, depth + 1)]

    def _read(self, place: Place, child: str, depth: int) -> list[str]:
        """What is done with an element that stands at a place."""
        lines = []
        if place.slot is not None:
            lines.append("    " * depth + self._assign(place, child))
        if place.inner:
            lines += self._children(child, place.field.group, place.inner, depth)
        return lines

    def _tag(self, name: str) -> str:
        return repr(f"{{{self.compiler.dialect.namespace}}}{name}")

    def _loop(self, parent: str, group: Group, places: dict[str, Place], depth: int) -> list[str]:
        """Children in any order, with others among them."""
        tabs = "    " * depth
        child = f"e{next(self.levels)}"
        lines = [f"{tabs}for {child} in {parent}:", f"{tabs}    tag = {child}.tag"]
        word = "if"
        for place in in_order(group, places):
            lines.append(f"{tabs}    {word} tag == {self._tag(place.field.name)}:")
            lines += self._read(place, child, depth + 2)
            word = "elif"
        return lines if word == "elif" else []

    def _assign(self, place: Place, element: str) -> str:
        assert place.slot is not None
        line = place.slot.line
        variables = self.found.setdefault(line.value, [])
        variable = f"v_{line.value}_{place.slot.rank}"
        while len(variables) <= place.slot.rank:
            variables.append(f"v_{line.value}_{len(variables)}")
        if isinstance(line.part, Table):
            function = self.compiler.name_of(line.part, place.field.group)
            if place.field.many:
                self.rows.append(variable)
                return f"{variable}.append({function}({element}))"
            return f"{variable} = {function}({element}) if len({element}) else None"
        return f"{variable} = {self._scalar(place, line, element)}"

    def _scalar(self, place: Place, line: Line, element: str) -> str:
        if line.part is not None and not isinstance(line.part, Table):
            return f"{self.compiler.see(line.part.reader(place.field))}({element})"
        scalar = place.field.type
        assert isinstance(scalar, Scalar)
        _, optional = annotation(self.table.record, line.value)
        if scalar.base in _SCALARS:
            name = _SCALARS[scalar.base]
            if optional and self.compiler.dialect.side == "bp":
                name = _OPTIONAL.get(name, name)
            return f"{name}({element})"
        if optional and line.clears and self.compiler.dialect.side == "bp":
            return f"{element}.text or emptied({element})"
        return f"{element}.text" if optional else f"{element}.text or ''"

    def _argument(self, field: str) -> str:
        variables = self.found.get(field)
        if not variables:
            return self._default(field)
        if variables[0] in self.rows:
            return " or ".join(f"tuple({variable})" for variable in variables)
        text = variables[-1]
        for variable in reversed(variables[:-1]):
            text = f"({variable} if {variable} is not None else {text})"
        return text

    def _default(self, field: str) -> str:
        kind, _ = annotation(self.table.record, field)
        return "()" if getattr(kind, "__origin__", None) is tuple else "None"

    def _checks(self) -> list[str]:
        """What the record cannot be without: an empty text passes, an absent element does not."""
        lines = []
        for field, variables in self.found.items():
            _, optional = annotation(self.table.record, field)
            if optional or variables[0] in self.rows:
                continue
            condition = " and ".join(f"{variable} is None" for variable in variables)
            lines += [f"    if {condition}:", f"        raise Absent(el, {self._path(field)!r})"]
        return lines

    def _path(self, field: str) -> str:
        side = self.compiler.dialect.side
        for line in self.table.lines:
            if line.value == field and not line.written_only:
                for place in line.places(side):
                    if self.group.find(place) is not None:
                        return place
        return field

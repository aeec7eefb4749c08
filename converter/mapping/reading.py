"""Compiles a table into a reader: an element of one dialect in, a record out.

The code is made once per table and version: a loop over the children with an if-chain over their
names, elements that the table does not name passed over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache
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


@cache
def reader(table: Table, dialect: Dialect) -> Read:
    """The reader of an object's table in a dialect.

    The reader raises `values.Unreadable` and `values.Absent`, each with the element.
    """
    name = table.name(dialect.side)
    assert name is not None, "a table that is read needs an element on that side"
    return _compiler(dialect).function(table, dialect.view.objects[name])


@cache
def _compiler(dialect: Dialect) -> _Compiler:
    """One for all objects of a dialect: what they have in common is made once."""
    return _Compiler(dialect)


class _Compiler:
    """Makes the functions of one dialect; `names` is what their code can see."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.names: dict[str, Any] = {"Absent": values.Absent}
        self.names.update({name: getattr(values, name) for name in set(_SCALARS.values())})
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

    def code(self, name: str) -> list[str]:
        side = self.compiler.dialect.side
        places = lay_out(self.table, self.group, side, writing=False)
        loop = self._loop("el", in_order(self.group, places), 1)
        record = self.compiler.see(self.table.record)
        arguments = ", ".join(self._argument(field) for field in self._fields())
        singles = [v for vs in self.found.values() for v in vs if v not in self.rows]
        return [
            f"def {name}(el):",
            *([f"    {' = '.join(singles)} = None"] if singles else []),
            *(f"    {variable} = []" for variable in self.rows),
            *loop,
            *self._checks(),
            f"    return {record}({arguments})",
        ]

    def _fields(self) -> tuple[str, ...]:
        fields: tuple[str, ...] = self.table.record.__struct_fields__
        return fields

    def _loop(self, parent: str, places: Iterable[Place], depth: int) -> list[str]:
        tabs = "    " * depth
        child = f"e{depth}"
        lines = [f"{tabs}for {child} in {parent}:", f"{tabs}    tag = {child}.tag"]
        word = "if"
        for place in places:
            tag = f"{{{self.compiler.dialect.namespace}}}{place.field.name}"
            lines.append(f"{tabs}    {word} tag == {tag!r}:")
            if place.slot is not None:
                lines.append(f"{tabs}        {self._assign(place, child)}")
            if place.inner:
                lines += self._loop(child, place.in_order(), depth + 2)
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
        if scalar.base in _SCALARS:
            return f"{_SCALARS[scalar.base]}({element})"
        _, optional = annotation(self.table.record, line.value)
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

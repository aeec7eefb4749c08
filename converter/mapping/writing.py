"""Compiles a table into a writer: a record in, the text of one element of a dialect out.

The code is made once per table and version. Optional parts are made first, then the whole object
in one f-string; order, and what must be present, come from the format. The text is indented by
tabs as 1C writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import count
from typing import Any

from msgspec import Struct

from converter.envelope.header import escape
from converter.formats import Dialect
from converter.formats.notation import Group, Scalar
from converter.mapping.places import Place, annotation, in_order, lay_out
from converter.mapping.table import Line, Table

Write = Callable[[Any], str]

BODY_DEPTH = 2


@cache
def writer(table: Table, dialect: Dialect) -> Write:
    """The writer of an object's table in a dialect: the element's text, with a line end."""
    name = table.name(dialect.side)
    assert name is not None, "a table that is written needs an element on that side"
    return _Compiler(dialect).function(table, dialect.view.objects[name], name, BODY_DEPTH)


class _Text(Struct, frozen=True):
    """A piece of an f-string: always there, or empty unless ``variable`` holds something."""

    code: str
    always: bool


class _Compiler:
    """Makes the functions of one object; `names` is what their code can see."""

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.names: dict[str, Any] = {"escape": escape}

    def function(self, table: Table, group: Group, element: str, depth: int) -> Write:
        """A function that writes a table's record as one element."""
        name = f"write_{table.record.__name__}_{len(self.names)}"
        self.names[name] = None
        body = _Function(self, table, "o")
        places = lay_out(table, group, self.dialect.side, writing=True)
        texts = body.pieces(in_order(group, places), depth + 1, 1)
        tabs = "\t" * depth
        inner = "".join(text.code for text in texts)
        result = f'f"{_quoted(tabs)}<{element}>\\n{inner}{_quoted(tabs)}</{element}>\\n"'
        source = "\n".join([f"def {name}(o):", *body.lines, f"    return {result}"])
        exec(compile(source, f"<{name} {self.dialect}>", "exec"), self.names)
        made: Write = self.names[name]
        return made

    def see(self, value: Any) -> str:
        """A name under which the code sees a value."""
        name = f"x{len(self.names)}"
        self.names[name] = value
        return name


class _Function:
    """The statements of one writer; ``lines`` grows as places are visited in order.

    ``record`` is the name of the record's variable. A group's table gets a `_Function` of its own
    that adds to the same lines.
    """

    def __init__(
        self, compiler: _Compiler, table: Table, record: str, outer: _Function | None = None
    ) -> None:
        self.compiler = compiler
        self.table = table
        self.record = record
        self.lines: list[str] = outer.lines if outer else []
        self.counter: Iterator[int] = outer.counter if outer else count()

    # Every method below takes the depth of tabs in the output and the indent of the code.

    def pieces(self, places: Iterable[Place], depth: int, indent: int) -> list[_Text]:
        return [self._piece(place, depth, indent) for place in places]

    def _piece(self, place: Place, depth: int, indent: int) -> _Text:
        if place.slot is None:
            return self._container(place, depth, indent)
        line = place.slot.line
        if line.text is not None:
            return _Text(_element(place.field.name, escape(line.text), depth), True)
        if isinstance(line.part, Table):
            if place.field.many:
                return self._rows(place, line, line.part, depth, indent)
            return self._group(place, line, line.part, depth, indent)
        return self._scalar(place, line, depth, indent)

    def _container(self, place: Place, depth: int, indent: int) -> _Text:
        """Present when something that carries a value is; companions only go with it."""
        name = place.field.name
        places = list(place.in_order())
        carrying = [inner for inner in places if _carries(inner)]
        texts = {id(p): self._piece(p, depth + 1, indent) for p in carrying}
        always = not carrying or any(text.always for text in texts.values())
        inner_indent = indent
        variable = ""
        if not always:
            variable = self._new()
            condition = " or ".join(_variable(text) for text in texts.values())
            self._add(indent, f'{variable} = ""')
            self._add(indent, f"if {condition}:")
            inner_indent += 1
        for companion in places:
            if id(companion) not in texts:
                texts[id(companion)] = self._piece(companion, depth + 1, inner_indent)
        code = _wrapped(name, "".join(texts[id(p)].code for p in places), depth)
        if always:
            return _Text(code, True)
        self._add(inner_indent, f'{variable} = f"{code}"')
        return _Text(f"{{{variable}}}", False)

    def _rows(self, place: Place, line: Line, part: Table, depth: int, indent: int) -> _Text:
        function = self.compiler.function(part, place.field.group, place.field.name, depth)
        seen = self.compiler.see(function)
        variable = self._new()
        source = f"{self.record}.{line.value}"
        self._add(indent, f'{variable} = "".join([{seen}(r) for r in {source}])')
        return _Text(f"{{{variable}}}", False)

    def _group(self, place: Place, line: Line, part: Table, depth: int, indent: int) -> _Text:
        optional = annotation(self.table.record, line.value)[1]
        record = self._new("g")
        self._add(indent, f"{record} = {self.record}.{line.value}")
        variable = ""
        inner_indent = indent
        if optional:
            variable = self._new()
            self._add(indent, f'{variable} = ""')
            self._add(indent, f"if {record} is not None:")
            inner_indent += 1
        inner = lay_out(part, place.field.group, self.compiler.dialect.side, writing=True)
        theirs = _Function(self.compiler, part, record, self)
        mine = place.inner
        texts = [
            (self if mine.get(each.field.name) is each else theirs)._piece(
                each, depth + 1, inner_indent
            )
            for each in in_order(place.field.group, {**inner, **mine})
        ]
        code = _wrapped(place.field.name, "".join(text.code for text in texts), depth)
        if not optional:
            return _Text(code, True)
        self._add(inner_indent, f'{variable} = f"{code}"')
        return _Text(f"{{{variable}}}", False)

    def _scalar(self, place: Place, line: Line, depth: int, indent: int) -> _Text:
        optional = annotation(self.table.record, line.value)[1]
        source = f"{self.record}.{line.value}"
        if not optional:
            return _Text(self._value(place, line, source, depth), True)
        value, variable = self._new("v"), self._new()
        self._add(indent, f"{value} = {source}")
        code = self._value(place, line, value, depth)
        self._add(indent, f'{variable} = "" if {value} is None else f"{code}"')
        return _Text(f"{{{variable}}}", False)

    def _value(self, place: Place, line: Line, source: str, depth: int) -> str:
        if line.part is not None and not isinstance(line.part, Table):
            function = line.part.writer(place.field, "\t" * depth)
            if function is not None:
                return f"{{{self.compiler.see(function)}({source})}}"
        scalar = place.field.type
        assert isinstance(scalar, Scalar)
        return _element(place.field.name, "{" + _lexical(scalar, source) + "}", depth)

    def _new(self, prefix: str = "s") -> str:
        return f"{prefix}{next(self.counter)}"

    def _add(self, indent: int, code: str) -> None:
        self.lines.append("    " * indent + code)


def _carries(place: Place) -> bool:
    if place.slot is not None:
        return not place.slot.line.companion
    return any(_carries(inner) for inner in place.inner.values())


def _variable(text: _Text) -> str:
    return text.code[1:-1]


def _lexical(scalar: Scalar, source: str) -> str:
    """The expression that writes a value in the form of its type."""
    if scalar.base == "decimal":
        return f"{source}!s"
    if scalar.base == "boolean":
        return f"'true' if {source} else 'false'"
    if scalar.base == "dateTime":
        return f"{source}.isoformat()"
    if scalar.base == "date":
        return f"{source}.isoformat()[:10]"
    if scalar.base in ("int", "integer"):
        return source
    return f"escape({source})"


def _quoted(text: str) -> str:
    return text.replace("\t", "\\t").replace("\n", "\\n")


def _element(name: str, inner: str, depth: int) -> str:
    return f"{_quoted(chr(9) * depth)}<{name}>{inner}</{name}>\\n"


def _wrapped(name: str, inner: str, depth: int) -> str:
    tabs = _quoted("\t" * depth)
    return f"{tabs}<{name}>\\n{inner}{tabs}</{name}>\\n"

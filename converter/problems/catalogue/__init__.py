"""Every kind of problem that the converter knows, by what it does (SPEC §5).

A file is rejected when it cannot be understood as a whole; an object is held when BP could not
load it or when it would change money; everything else warns. ``docs/problems.md`` is made from
this package by ``python -m converter.problems.page``.

The kinds are loaded when the first of them is asked for: most messages have no problem.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from converter.problems.catalogue.every import *  # noqa: F403
else:

    def __getattr__(name: str) -> Any:
        """A kind by its id, or `kinds`."""
        globals()[name] = found = getattr(import_module(f"{__name__}.every"), name)
        return found

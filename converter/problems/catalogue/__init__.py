"""Every kind of problem that the converter knows, by what it does (SPEC §5).

A file is rejected when it cannot be understood as a whole; an object is held when BP could not
load it or when it would change money; everything else warns. ``docs/problems.md`` is made from
this package by ``python -m converter.problems.page``.
"""

from __future__ import annotations

from converter.problems import Kind
from converter.problems.catalogue.alarms import *  # noqa: F403
from converter.problems.catalogue.alerts import *  # noqa: F403
from converter.problems.catalogue.exchange import *  # noqa: F403
from converter.problems.catalogue.files import *  # noqa: F403
from converter.problems.catalogue.objects import *  # noqa: F403
from converter.problems.catalogue.settings import *  # noqa: F403
from converter.problems.catalogue.state import *  # noqa: F403
from converter.problems.catalogue.surroundings import *  # noqa: F403
from converter.problems.catalogue.usage import *  # noqa: F403
from converter.problems.catalogue.warnings import *  # noqa: F403


def kinds() -> list[Kind]:
    """Every kind, in the order of these modules."""
    return [value for value in globals().values() if isinstance(value, Kind)]

"""All kinds in one place: loaded when the first of them is asked for."""

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

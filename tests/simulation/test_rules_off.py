"""Every rule of PROTOCOL.md is needed: with one left out, its history breaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.simulation.mutants import MUTANTS, Mutant
from tests.simulation.teller import Teller


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_rule_left_out_breaks_its_history(
    mutant: Mutant, tell: Callable[..., Teller], monkeypatch: pytest.MonkeyPatch
) -> None:
    mutant.change(monkeypatch)
    with pytest.raises(Exception):  # noqa: B017 - a violation, or a converter that loses its way
        mutant.history(tell, **mutant.arguments)

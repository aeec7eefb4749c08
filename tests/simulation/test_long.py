"""Random histories, a few on every run; ``python -m tests.simulation.long`` plays thousands."""

from __future__ import annotations

import pytest

from tests.simulation.history import random_history, run

FEW = 40


@pytest.mark.parametrize("seed", range(1, FEW + 1))
def test_a_random_history_keeps_the_invariants(seed: int) -> None:
    history = random_history(seed)
    fault = run(history)
    assert fault is None, f"{fault}\n{history}"


def test_a_seed_means_the_same_history_always() -> None:
    assert random_history(7) == random_history(7)
    assert random_history(7) != random_history(8)

"""Random histories, a few on every run; ``python -m tests.simulation.long`` plays thousands."""

from __future__ import annotations

import pytest

from tests.simulation.history import Wish, random_history, run

FEW = 40


@pytest.mark.parametrize("seed", range(1, FEW + 1))
def test_a_random_history_keeps_the_invariants(seed: int) -> None:
    history = random_history(seed)
    fault = run(history)
    assert fault is None, f"{fault}\n{history}"


def test_a_seed_means_the_same_history_always() -> None:
    assert random_history(7) == random_history(7)
    assert random_history(7) != random_history(8)


def test_a_wish_says_what_a_history_is_about() -> None:
    wish = Wish(frozenset({"twins"}), frozenset({"pass"}), frozenset({"restore"}))
    plain = [step.name for seed in range(50) for step in random_history(seed).steps]
    wished = [random_history(seed, wish=wish) for seed in range(50)]
    names = [step.name for history in wished for step in history.steps]
    assert all(history.options.twins for history in wished)
    assert "pass" in plain
    assert "pass" not in names
    assert names.count("restore") > 2 * plain.count("restore") > 0

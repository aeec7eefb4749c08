"""A history: options and steps from a seed, played from beginning to end, and shortened."""

from __future__ import annotations

import random
import shutil
import tempfile
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.simulation.actions import ACTIONS, Step, play
from tests.simulation.checks import check, converge
from tests.simulation.world import HABITS, Options, World

_SHM = Path("/dev/shm")
#: so many times likelier is an action that is asked for
_OFTEN = 5

#: how a world is made; a mutant of the converter makes it in its own way
Make = Callable[[Path, Options], World]


class History(NamedTuple):
    """What is played."""

    options: Options
    steps: tuple[Step, ...]

    def __str__(self) -> str:
        changed = {
            name: value
            for name, value in self.options._asdict().items()
            if value != Options._field_defaults[name]
        }
        steps = "\n".join(f"  Step({step.name!r}, {step.a}, {step.b})," for step in self.steps)
        return f"Options({', '.join(f'{k}={v!r}' for k, v in changed.items())})\n[\n{steps}\n]"


class Wish(NamedTuple):
    """What histories are to be about: options that are on, actions left out, and such as are likely."""

    on: frozenset[str] = frozenset()
    without: frozenset[str] = frozenset()
    often: frozenset[str] = frozenset()

    def weights(self) -> list[int]:
        """How likely each action is."""
        return [
            weight * (_OFTEN if name in self.often else 1) for name, (weight, _) in ACTIONS.items()
        ]


def random_history(seed: int, least: int = 15, most: int = 40, wish: Wish = Wish()) -> History:  # noqa: B008 - a value
    """The history of a seed and a wish, the same in every run."""
    dice = random.Random(seed)
    fixed = dice.random() < 0.5
    bp_version = dice.choice(("1.19", "1.19", "1.8", "1.22"))
    options = Options(
        conflicts=dice.choice(("crm", "bp")),
        version=bp_version if fixed else "auto",
        bp_version=bp_version,
        crm_echoes=dice.random() < 0.15,
        bp_echoes=dice.random() < 0.15,
        fills=dice.random() < 0.2,
        keeps_first=dice.random() < 0.3,
        zips=dice.random() < 0.1,
        **{habit: dice.random() < 0.3 for habit in HABITS},
    )
    wished: dict[str, Any] = dict.fromkeys(wish.on, True)
    options = options._replace(**wished)
    names = dice.choices(list(ACTIONS), wish.weights(), k=dice.randint(least, most))
    begun = ["crm_new"] * dice.choice((0, 1, 1, 2))
    if begun:
        begun += ["x_crm", "x_bp", "x_crm"][: dice.randint(1, 3)]
    steps = (Step(name, dice.randrange(100), dice.randrange(100)) for name in (*begun, *names))
    return History(options, tuple(step for step in steps if step.name not in wish.without))


def run(history: History, make: Make = World) -> str | None:
    """Play a history, converge, check; what went wrong, None where all is well."""
    parent = _SHM if _SHM.is_dir() else None
    root = Path(tempfile.mkdtemp(prefix="simulation-", dir=parent))
    world: World | None = None
    try:
        world = make(root, history.options)
        for step in history.steps:
            play(world, step)
        converge(world)
        check(world)
    except AssertionError as violation:
        return str(violation) or traceback.format_exc()
    except Exception:  # noqa: BLE001 - whatever it is, it is what went wrong
        return traceback.format_exc()
    finally:
        if world is not None:
            world.close()
        shutil.rmtree(root, ignore_errors=True)
    return None


def shortened(history: History, make: Make = World) -> History:
    """The same violation with as few steps and options as can be found by leaving out."""
    steps = _shorter(history.steps, lambda left: fails(history._replace(steps=left), make))
    history = history._replace(steps=steps)
    for name, default in Options._field_defaults.items():
        plainer = history._replace(options=history.options._replace(**{name: default}))
        if plainer != history and fails(plainer, make):
            history = plainer
    for index, step in enumerate(history.steps):
        for smaller in (step._replace(a=0, b=0), step._replace(a=0), step._replace(b=0)):
            left = (*history.steps[:index], smaller, *history.steps[index + 1 :])
            if smaller != step and fails(history._replace(steps=left), make):
                history = history._replace(steps=left)
                break
    return history


def fails(history: History, make: Make = World) -> bool:
    """Whether a history breaks something."""
    return run(history, make) is not None


def _shorter(steps: Sequence[Step], fails: Callable[[tuple[Step, ...]], bool]) -> tuple[Step, ...]:
    """Leave out ever smaller pieces, as long as it still fails."""
    left = tuple(steps)
    size = max(1, len(left) // 2)
    while True:
        index = 0
        shorter = False
        while index < len(left):
            without = left[:index] + left[index + size :]
            if fails(without):
                left, shorter = without, True
            else:
                index += size
        if size == 1 and not shorter:
            return left
        size = max(1, size // 2)

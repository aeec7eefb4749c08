"""One try: a scene, a fault in its pass, passes until all is quiet, and a look at the end."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from random import Random
from typing import Any

from tests.faults import checks, scene
from tests.faults.checks import Numbers
from tests.faults.killer import Ended, Launcher


class Scene:
    """What stands in the folders before a pass, and what an undisturbed pass makes of it."""

    def __init__(
        self, folder: Path, make: Callable[[Path, Launcher], Path], launcher: Launcher
    ) -> None:
        self.launcher = launcher
        self.source = make(folder / "source", launcher)
        self.inputs = checks.inputs_of(self.source)
        clean = self.fresh(folder / "clean")
        self.ended = launcher.run(clean, traced=True)
        self.events = self.ended.events
        assert checks.until_quiet(clean, launcher, Numbers()) == 0, "a pass leaves nothing to do"
        self.final = checks.final(clean)
        assert not self.final["temporaries"]

    def fresh(self, where: Path) -> Path:
        """The scene once more."""
        return scene.copy(self.source, where)

    def points(self, count: int, seed: int = 0) -> list[int]:
        """A choice of events: one of each kind in a row first, then at random."""
        kinds = [re.sub(r"converter-[0-9a-f]+", "", each) for each in self.events]
        firsts = [
            number
            for number, kind in enumerate(kinds, 1)
            if number == 1 or kind != kinds[number - 2] or number == len(kinds)
        ]
        random = Random(seed)
        random.shuffle(firsts)
        rest = sorted(set(range(1, len(kinds) + 1)) - set(firsts))
        random.shuffle(rest)
        return (firsts + rest)[:count] if count else sorted(firsts + rest)

    def point(self, pattern: str, nth: int = 1) -> int:
        """The number of the n-th event that matches; 0 is the last."""
        found = [i for i, each in enumerate(self.events, 1) if re.search(pattern, each)]
        return found[nth - 1]

    def check(self, where: Path, numbers: Numbers) -> None:
        """Run passes until all is quiet; the end must be that of an undisturbed pass."""
        checks.until_quiet(where, self.launcher, numbers)
        found = checks.differences(checks.final(where), self.final)
        assert not found, "\n".join(found)

    def killed(self, where: Path, *at: int) -> Ended:
        """Kill the pass at an event, the recovery at the next, and so on; then check the end."""
        self.fresh(where)
        numbers = Numbers()
        for point in at:
            pid = self.launcher.start(where, stop_at=point)
            ended = self.launcher.kill(pid)
            checks.check_whole(where, self.inputs)
            numbers.look(where)
        self.check(where, numbers)
        return ended

    def killed_after(self, where: Path, seconds: float) -> Ended:
        """Kill the pass at a moment; then check the end."""
        self.fresh(where)
        numbers = Numbers()
        ended = self.launcher.kill(self.launcher.start(where), after=seconds)
        checks.check_whole(where, self.inputs)
        numbers.look(where)
        self.check(where, numbers)
        return ended

    def failed(self, where: Path, at: int, **how: Any) -> Ended:
        """Let a call of the pass fail; the pass ends in an orderly way, and the next makes up."""
        self.fresh(where)
        numbers = Numbers()
        ended = self.launcher.run(where, fail_at=at, **how)
        assert ended.orderly, ended.err
        checks.check_whole(where, self.inputs)
        numbers.look(where)
        self.check(where, numbers)
        return ended

"""Every step of the commit protocol is needed: without it, a kill or a loss of power shows it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.faults import ptrace, scene, test_kill, test_lock
from tests.faults.mutants import MUTANTS, Mutant
from tests.faults.power import Drill, Loss, RecordingLauncher
from tests.faults.trial import Scene

pytestmark = pytest.mark.skipif(not ptrace.AVAILABLE, reason="needs Linux on x86-64")


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_step_left_out_is_found(mutant: Mutant, tmp_path: Path) -> None:
    launcher = RecordingLauncher(mutant.name)
    try:
        drill = Drill(Scene(tmp_path, scene.rich, launcher), tmp_path)
        with pytest.raises(AssertionError):
            for number, at in enumerate(drill.near(mutant.near)):
                drill.loses(tmp_path / f"{number}", at, mutant.loss)
    finally:
        launcher.close()


@pytest.mark.parametrize(
    ("loss", "near"), sorted({(each.loss.name, each.near) for each in MUTANTS})
)
def test_with_every_step_nothing_is_found(
    drill: Drill, tmp_path: Path, loss: str, near: str
) -> None:
    """The same losses at the same calls, of the program as it is."""
    for number, at in enumerate(drill.near(near)):
        drill.loses(tmp_path / f"{number}", at, Loss[loss])


def test_readings_that_are_not_noted_are_found(tmp_path: Path) -> None:
    """A message that kills would kill for ever."""
    launcher = RecordingLauncher("readings are not noted")
    try:
        with pytest.raises(AssertionError):
            test_kill.test_message_that_kills_is_set_aside(launcher, tmp_path / "try")
    finally:
        launcher.close()


def test_a_lock_that_is_not_taken_is_found(tmp_path: Path) -> None:
    launcher = RecordingLauncher("nobody locks")
    try:
        rich = Scene(tmp_path, scene.rich, launcher)
        with pytest.raises(AssertionError):
            test_lock.test_second_says_who_works(rich, tmp_path / "try")
    finally:
        launcher.close()

"""The helper process, and the scenes with what an undisturbed pass makes of them."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.faults import ptrace, scene
from tests.faults.killer import Launcher
from tests.faults.power import Drill, RecordingLauncher
from tests.faults.trial import Scene


@pytest.fixture(scope="session")
def launcher() -> Iterator[Launcher]:
    """The helper process; skips where no process can be stopped at its system calls."""
    if not ptrace.AVAILABLE:
        pytest.skip("needs Linux on x86-64")
    made = Launcher()
    yield made
    made.close()


@pytest.fixture(scope="session")
def scene_of(launcher: Launcher) -> Iterator[Callable[[str], Scene]]:
    """A scene by its name, prepared once."""
    with TemporaryDirectory() as folder:
        made: dict[str, Scene] = {}

        def prepared(name: str) -> Scene:
            if name not in made:
                made[name] = Scene(Path(folder) / name, getattr(scene, name), launcher)
            return made[name]

        yield prepared


@pytest.fixture
def rich(scene_of: Callable[[str], Scene]) -> Scene:
    """Both bases have written, and two files are to be refused."""
    return scene_of("rich")


@pytest.fixture(scope="session")
def drill(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Drill]:
    """The rich scene, its pass recorded call by call."""
    if not ptrace.AVAILABLE:
        pytest.skip("needs Linux on x86-64")
    launcher, folder = RecordingLauncher(), tmp_path_factory.mktemp("power")
    try:
        yield Drill(Scene(folder, scene.rich, launcher), folder)
    finally:
        launcher.close()


@pytest.fixture
def where(tmp_path: Path) -> Iterator[Path]:
    """A folder for one try, which goes away at once."""
    yield tmp_path / "try"
    shutil.rmtree(tmp_path / "try", ignore_errors=True)

"""The wheel as people install it: into an environment of its own, without the tree beside it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path
from typing import NamedTuple

import pytest

from converter import __version__
from tests.conftest import ROOT, Done, environment

BIN = "Scripts" if os.name == "nt" else "bin"
THREE_COMMANDS = re.compile(r"<!-- three commands -->\n+```console\n(.*?)```", re.DOTALL)


class Installed(NamedTuple):
    """An environment that has the wheel; its libraries are those of this run."""

    wheel: Path
    prefix: Path

    def __call__(self, *command: str, folder: Path) -> Done:
        """Run a program of it in a folder."""
        program = self.prefix / BIN / command[0]
        kept = {name: text for name, text in environment().items() if name != "PYTHONPATH"}
        done = subprocess.run(
            [str(program), *command[1:]], cwd=folder, env=kept, capture_output=True, check=False
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode(), done.stdout)


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel of this checkout in a new environment; nothing is fetched."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    [wheel] = folder.glob("*.whl")
    prefix = folder / "environment"
    venv.create(prefix, with_pip=True)
    here = Installed(wheel, prefix)
    pip = ("python", "-m", "pip", "install", "--no-index", "--no-deps", str(wheel))
    done = here(*pip, folder=folder)
    assert done.status == 0, done.err
    [site] = prefix.glob("Lib/site-packages" if os.name == "nt" else "lib/*/site-packages")
    libraries = sysconfig.get_path("purelib")
    (site / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    return here


def test_the_version_stands_in_one_place(installed: Installed, tmp_path: Path) -> None:
    assert installed.wheel.name == f"enterprisedata_converter-{__version__}-py3-none-any.whl"
    done = installed("converter", "--version", folder=tmp_path)
    assert (done.status, done.out.strip()) == (0, f"converter, version {__version__}")


def test_it_is_the_installed_program_and_its_schemas_that_work(
    installed: Installed, tmp_path: Path
) -> None:
    found = installed(
        "python", "-c", "import converter; print(converter.__file__)", folder=tmp_path
    )
    package = Path(found.out.strip()).parent
    assert installed.prefix in package.parents
    inside = {path.name for path in (package / "schemas").iterdir()}
    assert inside == {path.name for path in (ROOT / "schemas").iterdir()}


def test_manual_pages_and_completion_files_lie_where_they_are_looked_for(
    installed: Installed,
) -> None:
    share = installed.prefix / "share"
    for path in (ROOT / "share").rglob("*"):
        if path.is_file():
            assert (share / path.relative_to(ROOT / "share")).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_it_completes(installed: Installed, tmp_path: Path, shell: str) -> None:
    done = installed("converter", "completion", shell, folder=tmp_path)
    assert done.status == 0
    assert "_CONVERTER_COMPLETE" in done.out


@pytest.mark.parametrize("readme", ["README.md", "README.ru.md"])
def test_the_three_commands_of_the_readme_convert_an_invoice(
    installed: Installed, tmp_path: Path, readme: str
) -> None:
    shown = THREE_COMMANDS.search((ROOT / readme).read_text(encoding="utf-8"))
    assert shown is not None
    install, *rest = re.findall(r"^\$ (.+)$", shown[1], re.MULTILINE)
    # what pipx does with that file, `installed` has done
    assert install == f"pipx install {installed.wheel.name}"
    assert len(rest) == 2
    for command in rest:
        done = installed(*command.split(), folder=tmp_path)
        assert done.status == 0, done.err
    written = (tmp_path / rest[-1].split()[-1]).read_text(encoding="utf-8-sig")
    assert "<Документ.ЗаказКлиента>" in written

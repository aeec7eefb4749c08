"""The command line under an account that has few rights, for root has them all."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import ROOT, Done, environment

#: the account without rights, and its group
NOBODY = 65534


class Nobody:
    """Commands and a folder of somebody who is not root: nobody where the tests run as root."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environment = environment()
        self._who: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._who = {"user": NOBODY, "group": NOBODY, "extra_groups": []}

    def own(self) -> None:
        """All in the folder is theirs, as if they had made it."""
        if self._who:
            for each in (self.root, *self.root.rglob("*")):
                os.chown(each, NOBODY, NOBODY)

    def run(self, *arguments: str | Path) -> Done:
        """A command."""
        done = subprocess.run(
            [sys.executable, "-m", "converter", *map(str, arguments)],
            capture_output=True,
            cwd=ROOT,
            env=self.environment,
            timeout=60,
            check=False,
            **self._who,
        )
        out, err = done.stdout.decode(), done.stderr.decode()
        return Done(done.returncode, out, err, done.stdout)

    def json(self, *arguments: str | Path) -> Any:
        """What a command says to programs."""
        return json.loads(self.run(*arguments, "--json").out)


@contextmanager
def nobody() -> Iterator[Nobody]:
    """Somebody without rights, in a folder that they can reach; skips where they can run nothing."""
    if os.name == "nt":
        pytest.skip("Windows has no such rights")
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        somebody = Nobody(Path(name))
        if somebody.run("--version").status != 0:
            pytest.skip("another account cannot run the program from this checkout")
        try:
            yield somebody
        finally:
            for each in Path(name).rglob("*"):
                if each.is_dir():
                    each.chmod(0o700)

"""The command line as a process, for tests that look at what a command does and not at how it starts.

Most of a short command's time is Python loading its libraries, and the tests call thousands. So a
process that has loaded them is kept, and each command is a fork of it: with arguments, folder,
environment and standard streams of its own, and with its own end. What takes its words from the
surroundings (`converter.cli`) is loaded by each command itself. Where a system cannot fork, each
command is a new interpreter.
"""

from __future__ import annotations

import atexit
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import IO, Any

_ROOT = Path(__file__).parent.parent
#: seconds that a command may take
PATIENCE = 60


def command(
    arguments: Sequence[str | Path],
    cwd: Path,
    environment: Mapping[str, str],
    stdin: bytes = b"",
    together: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Run a command to its end; ``together``: both streams come out as one.

    Raises `subprocess.TimeoutExpired` after a minute.
    """
    words = [str(each) for each in arguments]
    if not hasattr(os, "fork"):
        return subprocess.run(
            [sys.executable, "-m", "converter", *words],
            input=stdin,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if together else subprocess.PIPE,
            cwd=cwd,
            env=environment,
            timeout=PATIENCE,
            check=False,
        )
    asked = {"arguments": words, "cwd": str(cwd), "environment": dict(environment)}
    with (
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as out,
        tempfile.TemporaryFile() as err,
    ):
        given.write(stdin)
        given.seek(0)
        status = _loaded().call(asked, [given, out, out if together else err])
        return subprocess.CompletedProcess(words, status, _all_of(out), _all_of(err))


class Loaded:
    """The process that has its libraries loaded (`tests/forks.py`); it ends with this one."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.forks", str(theirs.fileno())],
                cwd=_ROOT,
                env={**os.environ, "LC_ALL": "C.UTF-8"},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )
        atexit.register(self.end)

    def call(self, asked: Mapping[str, Any], streams: Sequence[IO[bytes]]) -> int:
        """Run one command in a fork; returns its status as `subprocess` tells it."""
        answer, theirs = socket.socketpair()
        with answer, tempfile.TemporaryFile() as note:
            with theirs:  # what is asked lies in a file: the line carries open files alone
                note.write(json.dumps(asked).encode())
                note.seek(0)
                files = [each.fileno() for each in (note, *streams)]
                socket.send_fds(self._line, [b"!"], [*files, theirs.fileno()])
            answer.settimeout(PATIENCE)
            return _status(answer, asked["arguments"])

    def end(self) -> None:
        """It ends when nobody can ask it any more."""
        self._line.close()
        self._process.wait()


_loaded = cache(Loaded)


def _status(answer: socket.socket, arguments: Sequence[str]) -> int:
    """The status of a fork, which tells its number first; it is killed where it takes too long."""
    with answer.makefile() as lines:
        number = int(lines.readline())
        try:
            return int(lines.readline())
        except TimeoutError:
            os.kill(number, 9)
            raise subprocess.TimeoutExpired(arguments, PATIENCE) from None


def _all_of(file: IO[bytes]) -> bytes:
    file.seek(0)
    return file.read()

"""Runs ``converter`` in real processes at little cost, to be killed, stopped or failed at a point.

A helper process loads everything once and forks for each run, so a run takes as long as its pass.
``python -m tests.faults.killer`` is the helper: a line of JSON in, a line of JSON out.
"""

from __future__ import annotations

import json
import mmap
import os
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from tests.conftest import ROOT, environment
from tests.faults import hooks, ptrace
from tests.faults.ptrace import Fault, Tracee


class Ended(NamedTuple):
    """How a run ended: ``status`` is -9 for a killed one; None while it is stopped at a point.

    ``mark`` is the last checkpoint of the exchange that it came to.
    """

    status: int | None
    err: str
    out: str
    mark: str
    events: list[str]
    pid: int

    @property
    def orderly(self) -> bool:
        """Whether no traceback was shown."""
        return "Traceback" not in self.err


# -- for tests -----------------------------------------------------------------------------------


class Launcher:
    """The helper process, as tests use it."""

    def __init__(self) -> None:
        self._helper = subprocess.Popen(
            [sys.executable, "-B", "-m", "tests.faults.killer"],
            cwd=ROOT,
            env=environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def close(self) -> None:
        """End the helper."""
        self._helper.communicate()

    def start(
        self,
        where: Path,
        *arguments: str,
        stop_at: int | str | None = None,
        fail_at: int | None = None,
        errno: int = 0,
        on: bool = False,
        calls: tuple[str, ...] = (),
        traced: bool = False,
        hooks: tuple[str, ...] = (),
        user: int | None = None,
    ) -> int:
        """Start ``converter`` in a folder; returns the pid, once it stands where it is to stop.

        With ``stop_at`` it stops at that event, or the first that matches a pattern. With ``fail_at`` that event, and with ``on`` all
        later ones, fail with ``errno``; ``calls`` are those that may fail.
        """
        fault: list[Any] | None = None
        if isinstance(stop_at, str):
            fault = [1, None, False, [], stop_at]
        elif stop_at is not None:
            fault = [stop_at, None, False, [], ""]
        elif fail_at is not None:
            fault = [fail_at, errno, on, list(calls), ""]
        return int(
            self._ask(
                op="start",
                where=str(where),
                arguments=arguments or ("sync",),
                fault=fault,
                traced=traced or fault is not None,
                hooks=hooks,
                user=user,
            )
        )

    def wait(self, pid: int) -> Ended:
        """Let a run go on, where it is stopped, and wait for its end."""
        return Ended(*self._ask(op="wait", pid=pid))

    def kill(self, pid: int, after: float = 0.0) -> Ended:
        """SIGKILL to a run, where it stands or after a while."""
        return Ended(*self._ask(op="kill", pid=pid, after=after))

    def run(self, where: Path, *arguments: str, **how: Any) -> Ended:
        """Start a run and wait for its end."""
        return self.wait(self.start(where, *arguments, **how))

    def _ask(self, **request: Any) -> Any:
        assert self._helper.stdin is not None and self._helper.stdout is not None
        self._helper.stdin.write(json.dumps(request) + "\n")
        self._helper.stdin.flush()
        line = self._helper.stdout.readline()
        assert line, "the helper is gone"
        answer = json.loads(line)
        if isinstance(answer, dict):
            raise AssertionError(answer["error"])
        return answer


# -- the helper ----------------------------------------------------------------------------------


@dataclass
class _Child:
    """A run in the helper."""

    pid: int
    mark: mmap.mmap
    out: Any
    err: Any
    tracee: Tracee | None = None
    status: int | None = None
    fields: dict[str, Any] = field(default_factory=dict)

    def ended(self) -> Ended:
        """What there is to tell of it."""
        told = self.mark[:].rstrip(b"\0").decode()
        self.mark.close()
        texts = []
        for file in (self.err, self.out):
            file.seek(0)
            texts.append(file.read().decode(errors="replace"))
            file.close()
        assert self.status is not None
        status = os.waitstatus_to_exitcode(self.status)
        events = [] if self.tracee is None else [str(each) for each in self.tracee.events]
        return Ended(status, texts[0], texts[1], told, events, self.pid)


class _Helper:
    def __init__(self) -> None:
        self._children: dict[int, _Child] = {}

    def start(self, request: dict[str, Any]) -> int:
        """Fork a run."""
        out, err = tempfile.TemporaryFile(), tempfile.TemporaryFile()  # noqa: SIM115 - the child's
        child = _Child(0, mmap.mmap(-1, 64), out, err)
        child.pid = os.fork()
        if child.pid == 0:
            _become(request, child)
        if request["traced"]:
            child.tracee = Tracee(child.pid, Path(request["where"]))
            child.status = child.tracee.go(_fault(request["fault"]))
        self._children[child.pid] = child
        return child.pid

    def wait(self, request: dict[str, Any]) -> Ended:
        """The end of a run."""
        child = self._children.pop(request["pid"])
        if child.status is None and child.tracee is not None:
            child.status = child.tracee.leave()
        elif child.status is None:
            child.status = os.waitpid(child.pid, 0)[1]
        return child.ended()

    def kill(self, request: dict[str, Any]) -> Ended:
        """SIGKILL to a run."""
        child = self._children.pop(request["pid"])
        if child.status is None and child.tracee is not None:
            child.status = child.tracee.kill()
        elif child.status is None:
            time.sleep(request["after"])
            os.kill(child.pid, signal.SIGKILL)
            child.status = os.waitpid(child.pid, 0)[1]
        return child.ended()


def _fault(told: list[Any] | None) -> Fault | None:
    if told is None:
        return None
    at, errno, on, calls, pattern = told
    return Fault(at, errno, on, frozenset(calls), pattern)


def _become(request: dict[str, Any], child: _Child) -> NoReturn:
    """Be a run of ``converter``, in the child."""
    status = 70
    try:
        os.chdir(request["where"])
        for handle, file in ((1, child.out), (2, child.err)):
            os.dup2(file.fileno(), handle)
        sys.stdin.close()
        sys.stdout = os.fdopen(1, "w", encoding="utf-8", closefd=False)
        sys.stderr = os.fdopen(2, "w", encoding="utf-8", closefd=False)
        hooks.mark_in(child.mark)
        for name in request["hooks"]:
            getattr(hooks, name)()
        if request["user"] is not None:
            os.setgroups([])
            os.setgid(request["user"])
            os.setuid(request["user"])
        if request["traced"]:
            ptrace.trace_me()
        sys.argv = ["converter", *request["arguments"]]
        from converter.cli import main

        main()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else 1
    except BaseException:  # noqa: BLE001 - what the interpreter would do
        traceback.print_exc()
        status = 1
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(status)


def _serve() -> None:
    helper = _Helper()
    hooks.load()
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer: Any = getattr(helper, request["op"])(request)
        except Exception:  # noqa: BLE001 - the test is to hear of it
            answer = {"error": traceback.format_exc()}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    _serve()

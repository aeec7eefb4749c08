"""A child process stopped at each system call that changes something, to kill it or let it fail there.

The same as ``strace -e inject``, for a child that was forked with everything loaded: a point costs
what a pass costs. Linux on x86-64 only; elsewhere `AVAILABLE` is false and the tests skip.
"""

from __future__ import annotations

import ctypes
import os
import platform
import re
import signal
import sys
from pathlib import Path
from typing import NamedTuple

AVAILABLE = sys.platform == "linux" and platform.machine() == "x86_64"

_TRACEME, _PEEKUSER, _POKEUSER, _SYSCALL, _SETOPTIONS = 0, 3, 6, 24, 0x4200
_SYSGOOD, _EXITKILL = 0x01, 0x100000
_RAX, _RDX, _RSI, _RDI, _ORIG_RAX = 80, 96, 104, 112, 120
_SYSCALL_STOP = signal.SIGTRAP | 0x80
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT

#: calls that change something, by the number of the call on x86-64
_BY_HANDLE = {
    1: "write",
    18: "pwrite64",
    20: "writev",
    73: "flock",
    74: "fsync",
    75: "fdatasync",
    77: "ftruncate",
    285: "fallocate",
}
_BY_PATH = {82: "rename", 83: "mkdir", 84: "rmdir", 87: "unlink", 88: "symlink", 86: "link"}
_AT_PATH = {
    257: "openat",
    258: "mkdirat",
    263: "unlinkat",
    264: "renameat",
    265: "linkat",
    316: "renameat2",
}


class Event(NamedTuple):
    """A call that is about to be made; ``path`` is the file that it concerns."""

    call: str
    path: str

    def __str__(self) -> str:
        return f"{self.call} {self.path}"


class Fault(NamedTuple):
    """What to do at the ``at``-th event (from 1), and with ``on`` at every later one.

    With ``pattern`` only the events that match it are counted. ``errno`` None: stop there, for the caller to kill the child or to let it go on.
    """

    at: int
    errno: int | None = None
    on: bool = False
    calls: frozenset[str] = frozenset()
    pattern: str = ""


def trace_me() -> None:
    """To be called in the child: it stops until its parent lets it go on."""
    _ptrace(_TRACEME, 0)
    os.kill(os.getpid(), signal.SIGSTOP)


class Tracee:
    """A child under `trace_me`. Events are those on files below ``root``."""

    def __init__(self, pid: int, root: Path) -> None:
        self.pid = pid
        self.events: list[Event] = []
        self._root = f"{root.resolve()}/"
        os.waitpid(pid, 0)
        _ptrace(_SETOPTIONS, pid, _SYSGOOD | _EXITKILL)

    def go(self, fault: Fault | None = None) -> int | None:
        """Let the child run; its wait status at the end, None where it stopped at the fault."""
        entering, failing, pending = True, False, 0
        while True:
            _ptrace(_SYSCALL, self.pid, pending)
            _, status = os.waitpid(self.pid, 0)
            if not os.WIFSTOPPED(status):
                return status
            stop = os.WSTOPSIG(status)
            if stop != _SYSCALL_STOP:
                pending = stop
                continue
            pending = 0
            if entering:
                event = self._event()
                if event is not None:
                    self.events.append(event)
                    if fault is not None and self._hits(fault, event):
                        if fault.errno is None:
                            return None
                        failing = True
                        _ptrace(_POKEUSER, self.pid, 2**64 - 1, _ORIG_RAX)
            elif failing:
                assert fault is not None and fault.errno is not None
                _ptrace(_POKEUSER, self.pid, 2**64 - fault.errno, _RAX)
                failing = False
            entering = not entering

    def kill(self) -> int:
        """SIGKILL, before the call at which the child stands is made."""
        os.kill(self.pid, signal.SIGKILL)
        while True:
            _, status = os.waitpid(self.pid, 0)
            if not os.WIFSTOPPED(status):
                return status

    def leave(self) -> int:
        """Let the child go on, out of the call at which it stands, without further faults."""
        _ptrace(_SYSCALL, self.pid)
        os.waitpid(self.pid, 0)
        status = self.go()
        assert status is not None
        return status

    def _hits(self, fault: Fault, event: Event) -> bool:
        now = len(self.events)
        if fault.pattern:
            if not re.search(fault.pattern, str(event)):
                return False
            now = sum(bool(re.search(fault.pattern, str(each))) for each in self.events)
        if fault.calls and event.call not in fault.calls:
            return False
        return now == fault.at or (fault.on and now > fault.at)

    def _event(self) -> Event | None:
        number = self._register(_ORIG_RAX)
        if number in _BY_HANDLE:
            path = self._handle(self._register(_RDI))
            call = _BY_HANDLE[number]
        elif number in _BY_PATH:
            path, call = self._text(self._register(_RDI)), _BY_PATH[number]
        elif number in _AT_PATH:
            call = _AT_PATH[number]
            if call == "openat" and not self._register(_RDX) & _WRITING:
                return None
            path = self._text(self._register(_RSI))
        else:
            return None
        whole = str(Path(f"/proc/{self.pid}/cwd").resolve() / path)
        return Event(call, whole[len(self._root) :]) if whole.startswith(self._root) else None

    def _register(self, offset: int) -> int:
        return _ptrace(_PEEKUSER, self.pid, 0, offset) & (2**64 - 1)

    def _handle(self, handle: int) -> str:
        try:
            return str(Path(f"/proc/{self.pid}/fd/{handle & 0xFFFFFFFF}").readlink())
        except OSError:
            return "?"

    def _text(self, address: int) -> str:
        with Path(f"/proc/{self.pid}/mem").open("rb", buffering=0) as memory:
            memory.seek(address)
            data = memory.read(min(512, 4096 - address % 4096))
            if b"\0" not in data:
                data += memory.read(512)
        return os.fsdecode(data.partition(b"\0")[0])


def _ptrace(request: int, pid: int, data: int = 0, address: int = 0) -> int:
    ctypes.set_errno(0)
    found = int(_LIBC.ptrace(request, pid, ctypes.c_void_p(address), ctypes.c_void_p(data)))
    if found == -1 and ctypes.get_errno():
        error = ctypes.get_errno()
        raise OSError(error, os.strerror(error))
    return found


if AVAILABLE:
    _LIBC = ctypes.CDLL(None, use_errno=True)
    _LIBC.ptrace.argtypes = (ctypes.c_long, ctypes.c_long, ctypes.c_void_p, ctypes.c_void_p)
    _LIBC.ptrace.restype = ctypes.c_long

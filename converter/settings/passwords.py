"""Passwords of zip archives, servers and alerts, from where exchange.toml says they lie (SPEC §6, §8).

A variable of the environment, a file that nobody else can read, or the first line that a command
prints. They are shown nowhere: not in messages, not in a traceback with its variables.
"""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple, Protocol

from converter.problems import Said, Stopped
from converter.problems import catalogue as say
from converter.problems.system import reason_of
from converter.problems.visible import blanked, short
from converter.settings.model import Bp, Crm, Link, Settings

#: longer than any password; what is longer is another file
_LONGEST = 4096
#: a command that asks a person would wait for ever
TIMEOUT = 30.0
_NO_PROGRAM = Said("такой программы нет", "there is no such program")


class Password(bytes):
    """A password as an archive takes it, or a server, which does not show itself."""

    def __repr__(self) -> str:
        return "Password(…)"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)


def passwords(
    link: Link, environment: Mapping[str, str], timeout: float = TIMEOUT
) -> dict[str, bytes | None]:
    """The passwords of both sides of a link; None where a side has none.

    Raises `Stopped` where one is named and cannot be had: PASSWORD_UNSET, PASSWORD_FILE,
    PASSWORD_COMMAND.
    """
    return {side: password_of(link, side, environment, timeout) for side in ("crm", "bp")}


class Places(Protocol):
    """Where a password may lie, as a table of the settings says; at most one is named."""

    @property
    def password_env(self) -> str | None: ...
    @property
    def password_file(self) -> Path | None: ...
    @property
    def password_command(self) -> tuple[str, ...] | None: ...


class Unhad(NamedTuple):
    """A password that is named and cannot be had: the key that names it, and why."""

    key: str
    reason: Said


def look_up(
    places: Places, environment: Mapping[str, str], timeout: float = TIMEOUT
) -> Password | Unhad | None:
    """The password of a table; None where it names none."""
    found: Password | Said
    if places.password_env is not None:
        value = environment.get(places.password_env)
        if not value:
            name = places.password_env
            return Unhad("password_env", Said(f"переменной {name} нет", f"{name} is not set"))
        return Password(value.encode("utf-8"))
    if places.password_file is not None:
        key, found = "password_file", _from_file(places.password_file)
    elif places.password_command is not None:
        key = "password_command"
        found = _from_command(places.password_command, environment, timeout)
    else:
        return None
    return Unhad(key, found) if isinstance(found, Said) else found


class Place(NamedTuple):
    """Where a password lies that is named by keys of other names: at most one of the three is."""

    password_env: str | None
    password_file: Path | None
    password_command: tuple[str, ...] | None


def state_password(
    settings: Settings, environment: Mapping[str, str], timeout: float = TIMEOUT
) -> Password | None:
    """The password of the state's server; None where the settings name none, and the driver looks
    in its own places. Raises `Stopped` (STATE_PASSWORD) where it cannot be had."""
    places = Place(
        settings.state_password_env,
        settings.state_password_file,
        settings.state_password_command,
    )
    found = look_up(places, environment, timeout)
    if not isinstance(found, Unhad):
        return found
    unset = Said("переменная не задана или пуста", "the variable is not set, or empty")
    reason = unset if found.key == "password_env" else found.reason
    raise Stopped(say.STATE_PASSWORD(key=f"state_{found.key}", reason=reason))


def password_of(
    link: Link, side: str, environment: Mapping[str, str], timeout: float = TIMEOUT
) -> Password | None:
    """The password of one side's zips; None where it has none. Raises `Stopped`, as `passwords`."""
    base: Crm | Bp = link.of(side)
    found = look_up(base, environment, timeout)
    if not isinstance(found, Unhad):
        return found
    if found.key == "password_env":
        raise Stopped(say.PASSWORD_UNSET(name=base.password_env, link=link.name))
    kind = say.PASSWORD_FILE if found.key == "password_file" else say.PASSWORD_COMMAND
    raise Stopped(kind(link=link.name, side=side, reason=found.reason))


def _refused(error: OSError | ValueError) -> Said:
    """Why the system refused; a value that it does not even take is not repeated."""
    return reason_of(error) if isinstance(error, OSError) else Said("?", "?")


# -- a file --------------------------------------------------------------------------------------


def _from_file(path: Path) -> Password | Said:
    """The first line of a file, or why it is not taken; neither path nor contents are repeated,
    since the password itself may stand where the path belongs."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return Said("это не обычный файл", "it is no regular file")
        with path.open("rb") as file:  # not opened before: a pipe would wait
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                return Said("это не обычный файл", "it is no regular file")
            if os.name == "posix" and (refused := _open_to_others(status)) is not None:
                return refused
            data = file.read(_LONGEST + 1)
    except FileNotFoundError:
        return Said("такого файла нет", "there is no such file")
    except (OSError, ValueError) as error:
        why = _refused(error)
        return Said(f"файл не читается: {why.ru}", f"it cannot be read: {why.en}")
    return _first_line(data)


def _open_to_others(status: os.stat_result) -> Said | None:
    """As PostgreSQL judges a key: ours alone, or root's and its group's to read."""
    if status.st_uid not in (0, os.geteuid()):
        return Said("он принадлежит другой учётной записи", "it belongs to another account")
    allowed = 0o640 if status.st_uid == 0 else 0o600
    mode = stat.S_IMODE(status.st_mode)
    if mode & 0o077 & ~allowed:
        return Said(
            f"права {mode:03o} открывают его другим, сделайте chmod 600",
            f"its rights {mode:03o} open it to others, do chmod 600",
        )
    return None


# -- a command -----------------------------------------------------------------------------------


def _from_command(
    command: tuple[str, ...], environment: Mapping[str, str], timeout: float
) -> Password | Said:
    """The first line that a command prints, without a shell; or why there is none."""
    try:
        process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
        )
    except (OSError, ValueError) as error:
        why = _NO_PROGRAM if isinstance(error, FileNotFoundError) else _refused(error)
        return Said(f"команда не запускается: {why.ru}", f"it does not start: {why.en}")
    late = False
    try:
        output, complaint = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        late = True  # judged outside: the exception holds what was printed
    if late:
        _kill(process)
        return Said(
            f"команда не ответила за {timeout:g} с", f"it did not answer within {timeout:g} s"
        )
    if process.returncode != 0:
        told = _told(complaint, output)
        return Said(
            f"команда завершилась с кодом {process.returncode}: {told}",
            f"it ended with status {process.returncode}: {told}",
        )
    return _first_line(output)


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End it; what it started may still hold the pipes, so nobody reads them to their end."""
    process.kill()
    process.wait()
    for pipe in (process.stdout, process.stderr):
        if pipe is not None and os.name == "posix":  # elsewhere a thread still reads it
            pipe.close()


def _told(complaint: bytes, output: bytes) -> str:
    """What it complained of, without what it printed, should it repeat that."""
    text = complaint.decode("utf-8", "replace")
    for line in output.decode("utf-8", "replace").splitlines():
        if line.strip():
            text = text.replace(line.strip(), "…")
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    shown = lines[-1] if lines else "—"
    return short(blanked(shown))


def _first_line(data: bytes) -> Password | Said:
    """What follows the first line is passed over, as password managers print more."""
    line = data.removeprefix(b"\xef\xbb\xbf").partition(b"\n")[0].removesuffix(b"\r")
    if not line:
        return Said("первая строка пуста", "its first line is empty")
    if len(line) > _LONGEST:
        return Said("первая строка слишком длинная", "its first line is too long")
    if "\ufffd" in line.decode("utf-8", "replace"):  # an exception would hold the text
        return Said("текст не в UTF-8", "the text is not in UTF-8")
    return Password(line)

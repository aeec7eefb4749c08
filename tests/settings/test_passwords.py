"""Passwords come from where the settings say they lie, and show themselves nowhere."""

from __future__ import annotations

import os
import sys
import traceback
from pathlib import Path
from typing import Any

import pytest

from converter.problems import Stopped
from converter.settings import Bp, Crm, Link, Settings
from converter.settings.passwords import Password, passwords, state_password

SECRET = "qwerty-пароль"
POSIX = pytest.mark.skipif(os.name != "posix", reason="rights are judged on POSIX")


def link(folder: Path, **crm: Any) -> Link:
    """A link whose CRM has a password."""
    return Link("main", Crm("CRM", folder / "crm", **crm), Bp("BP", folder / "bp"))


def printing(code: str) -> tuple[str, ...]:
    """A command of a few words of Python."""
    return (sys.executable, "-c", code)


def taken(folder: Path, environment: dict[str, str] | None = None, **crm: Any) -> bytes | None:
    """The password of the CRM's archives."""
    found = passwords(link(folder, **crm), {**os.environ, **(environment or {})})
    assert found["bp"] is None
    return found["crm"]


def refused(folder: Path, timeout: float = 30, **crm: Any) -> tuple[str, str]:
    """The id and the words of the problem; the password is in none of them, nor in a traceback."""
    with pytest.raises(Stopped) as caught:
        passwords(link(folder, **crm), os.environ, timeout)
    problem = caught.value.problem
    words = [problem.what(lang) + problem.cure(lang) for lang in ("ru", "en")]
    error = caught.value
    ours = error.__traceback__.tb_next if error.__traceback__ else None  # without this test itself
    told = traceback.TracebackException(type(error), error, ours, capture_locals=True)
    if SECRET not in str(crm):
        assert "qwerty" not in "".join(told.format())
    for text in (*words, repr(problem), repr(error.__context__)):
        assert SECRET not in text
        assert "{" not in words[0] + words[1]
    return problem.kind.id, words[1]


def kept(folder: Path, text: bytes = SECRET.encode() + b"\n", mode: int = 0o600) -> Path:
    """A file with a password."""
    path = folder / "zip.password"
    path.write_bytes(text)
    path.chmod(mode)
    return path


def test_without_a_place_there_is_none(tmp_path: Path) -> None:
    assert taken(tmp_path) is None


def test_a_variable(tmp_path: Path) -> None:
    assert taken(tmp_path, {"ZIP_HERE": SECRET}, password_env="ZIP_HERE") == SECRET.encode()


@pytest.mark.parametrize("environment", [{}, {"ZIP_HERE": ""}])
def test_a_variable_that_is_not_set_or_empty(tmp_path: Path, environment: dict[str, str]) -> None:
    with pytest.raises(Stopped) as caught:
        passwords(link(tmp_path, password_env="ZIP_HERE"), environment)
    assert caught.value.problem.kind.id == "PASSWORD_UNSET"


# -- the state's server --------------------------------------------------------------------------


def server(folder: Path, **keys: Any) -> Settings:
    """Settings whose state lies on a server."""
    state = "postgresql+psycopg://exchange@db.example/exchange"
    return Settings(state=state, link=(link(folder),), path=folder / "exchange.toml", **keys)


def test_the_password_of_the_state_has_the_same_places(tmp_path: Path) -> None:
    places: list[dict[str, Any]] = [
        {"state_password_env": "STATE_HERE"},
        {"state_password_file": kept(tmp_path)},
        {"state_password_command": printing(f"print({SECRET!r})")},
    ]
    environment = {**os.environ, "STATE_HERE": SECRET, "PYTHONIOENCODING": "utf-8"}
    for place in places:
        found = state_password(server(tmp_path, **place), environment)
        assert found == SECRET.encode()
        assert SECRET not in f"{found} {found!r}"
    assert state_password(server(tmp_path), environment) is None


@pytest.mark.parametrize(
    "place",
    [
        {"state_password_env": SECRET},
        {"state_password_file": Path(SECRET)},
        {"state_password_command": (SECRET,)},
    ],
)
def test_a_password_of_the_state_that_cannot_be_had(tmp_path: Path, place: dict[str, Any]) -> None:
    with pytest.raises(Stopped) as caught:
        state_password(server(tmp_path, **place), {})
    problem = caught.value.problem
    assert problem.kind.id == "STATE_PASSWORD"
    assert next(iter(place)) in problem.what("en")
    assert SECRET not in problem.what("ru") + problem.what("en") + repr(problem)


# -- a file --------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("after", [b"", b"\n", b"\r\n", b"\nlogin: exchange\n"])
def test_the_first_line_of_a_file(tmp_path: Path, before: bytes, after: bytes) -> None:
    path = kept(tmp_path, before + SECRET.encode() + after)
    assert taken(tmp_path, password_file=path) == SECRET.encode()


@POSIX
@pytest.mark.parametrize("mode", [0o604, 0o644, 0o601, 0o602, 0o620, 0o666])
def test_a_file_that_others_can_read_or_change_is_refused(tmp_path: Path, mode: int) -> None:
    kind, words = refused(tmp_path, password_file=kept(tmp_path, mode=mode))
    assert kind == "PASSWORD_FILE"
    assert f"{mode:03o}" in words and "chmod 600" in words


@POSIX
def test_the_group_may_read_only_what_is_roots(tmp_path: Path) -> None:
    path = kept(tmp_path, mode=0o640)
    if os.geteuid() == 0:
        assert taken(tmp_path, password_file=path) == SECRET.encode()
        os.chown(path, 65534, 65534)
        assert "another account" in refused(tmp_path, password_file=path)[1]
    else:
        assert "640" in refused(tmp_path, password_file=path)[1]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "empty"),
        (b"\n" + SECRET.encode(), "empty"),
        (SECRET.encode() * 400, "too long"),
        (SECRET.encode("cp1251"), "UTF-8"),
    ],
    ids=["nothing", "later", "long", "1251"],
)
def test_a_file_without_a_usable_line(tmp_path: Path, text: bytes, why: str) -> None:
    kind, words = refused(tmp_path, password_file=kept(tmp_path, text))
    assert kind == "PASSWORD_FILE"
    assert why in words


def test_what_is_no_file_and_a_password_in_place_of_the_path(tmp_path: Path) -> None:
    assert "regular" in refused(tmp_path, password_file=tmp_path)[1]
    assert "no such file" in refused(tmp_path, password_file=tmp_path / SECRET)[1]


@POSIX
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe", 0o600)
    assert "regular" in refused(tmp_path, password_file=tmp_path / "pipe")[1]


# -- a command -----------------------------------------------------------------------------------


def test_the_first_line_that_a_command_prints(tmp_path: Path) -> None:
    command = printing(f"import sys; sys.stdout.buffer.write('{SECRET}\\nmore\\n'.encode())")
    assert taken(tmp_path, password_command=command) == SECRET.encode()


def test_a_command_goes_through_no_shell(tmp_path: Path) -> None:
    command = (*printing("import sys; print(sys.argv[1])"), "$(id) > x; `id` & %PATH%")
    assert taken(tmp_path, password_command=command) == b"$(id) > x; `id` & %PATH%"
    assert list(tmp_path.iterdir()) == []


def test_a_command_that_fails_tells_its_complaint_without_what_it_printed(tmp_path: Path) -> None:
    code = (
        "import sys; w = lambda f, t: f.buffer.write(t.encode());"
        f"s = bytes.fromhex('{SECRET.encode().hex()}').decode();"
        "w(sys.stdout, s + '\\n'); w(sys.stderr, 'gpg: no key\\nfailed for ' + s + ' here\\n');"
        "sys.exit(3)"
    )
    kind, words = refused(tmp_path, password_command=printing(code))
    assert kind == "PASSWORD_COMMAND"
    assert "status 3: failed for … here" in words


def test_a_command_that_does_not_answer_is_ended(tmp_path: Path) -> None:
    code = (
        f"import sys, time; s = bytes.fromhex('{SECRET.encode().hex()}');"
        "sys.stdout.buffer.write(s); sys.stdout.flush(); time.sleep(60)"
    )
    kind, words = refused(tmp_path, 1, password_command=printing(code))
    assert kind == "PASSWORD_COMMAND"
    assert "within 1 s" in words


@pytest.mark.parametrize(
    ("code", "why"), [("pass", "empty"), ("import sys; sys.stdout.buffer.write(b'\\xff')", "UTF-8")]
)
def test_a_command_without_a_usable_line(tmp_path: Path, code: str, why: str) -> None:
    assert why in refused(tmp_path, password_command=printing(code))[1]


def test_a_command_that_is_not_there(tmp_path: Path) -> None:
    kind, words = refused(tmp_path, password_command=(str(tmp_path / SECRET), SECRET))
    assert kind == "PASSWORD_COMMAND"
    assert "does not start" in words


def test_a_command_that_asks_gets_no_answer(tmp_path: Path) -> None:
    code = "import sys; sys.exit(len(sys.stdin.read()) + 7)"
    assert "status 7" in refused(tmp_path, password_command=printing(code))[1]


# -- shown nowhere -------------------------------------------------------------------------------


def test_a_password_does_not_show_itself() -> None:
    word = Password(SECRET.encode())
    for text in (
        str(word),
        repr(word),
        f"{word}",
        f"{word!r:>40}",
        f"{[word]} {{0}}",
        f"{word:>20}",
    ):
        assert "qwerty" not in text
    assert bytes(word) == SECRET.encode() == word

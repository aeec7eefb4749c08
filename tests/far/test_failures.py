"""What servers and wires do wrong, as few kinds with words for people."""

from __future__ import annotations

import errno
import itertools
import os
import socket
import ssl

import pytest

from converter.far.address import address
from converter.far.failures import far_problem, file_failed, network_failed, with_end
from converter.far.transport import MOST, FarFailed, Why

FOLDER = address("ftp://1c@files.example/bp")


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (TimeoutError(), "it does not answer"),
        (socket.gaierror(-2, "Name or service not known"), "the name of the server is not known"),
        (ConnectionRefusedError(), "it takes no connections"),
        (ConnectionResetError(), "the connection was cut off"),
        (EOFError(), "the connection was cut off"),
        (OSError(errno.EHOSTUNREACH, "No route to host"), "the other computer does not answer"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER]"), "WRONG_VERSION_NUMBER"),
        (RuntimeError(), "RuntimeError"),
    ],
)
def test_of_the_wire(error: Exception, words: str) -> None:
    problem = far_problem(FOLDER, network_failed(error))
    assert problem.kind.id == "FOLDER_AWAY"
    assert words in problem.what("en")
    assert "ftp://1c@files.example/bp" in problem.what("ru")


@pytest.mark.parametrize(
    ("code", "why"),
    [
        (errno.ENOENT, Why.MISSING),
        (errno.EACCES, Why.DENIED),
        (errno.ENOSPC, Why.FULL),
        (errno.EIO, Why.OTHER),
        (errno.EPIPE, Why.AWAY),
        (errno.ETIMEDOUT, Why.AWAY),
    ],
)
def test_of_a_file(code: int, why: Why) -> None:
    assert file_failed(OSError(code, os.strerror(code))).why is why


@pytest.mark.parametrize("why", list(Why))
def test_each_has_a_problem_with_a_cure(why: Why) -> None:
    problem = far_problem(FOLDER, FarFailed(why, "sftp"))
    for lang in ("ru", "en"):
        assert "{" not in problem.what(lang) + problem.cure(lang)
        assert "ftp://1c@files.example/bp" in problem.what(lang)


def test_a_listing_that_goes_on_for_ever_is_given_up() -> None:
    assert len(list(with_end(range(MOST)))) == MOST
    with pytest.raises(FarFailed):
        list(with_end(itertools.count()))

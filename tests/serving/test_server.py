"""The server: it gives, takes nothing, and is not held up by anybody."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from converter.problems import Stopped
from converter.serving.address import Address
from converter.serving.pages import Answer
from converter.serving.server import HEAD, MOST, serving

LOCAL = Address("127.0.0.1", 0)
PAGE = Answer(200, "text/html; charset=utf-8", "страница".encode(), "default-src 'none'")


def answers(path: str) -> Answer | None:
    return PAGE if path == "/" else None


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    with serving(LOCAL, answers, patience=5) as found:
        yield found


def asked(
    address: Address,
    method: str = "GET",
    path: str = "/",
    body: bytes | None = None,
    **headers: str,
) -> tuple[http.client.HTTPResponse, bytes]:
    """One request, and its answer."""
    connection = http.client.HTTPConnection(address.host, address.port, timeout=20)
    try:
        connection.request(method, path, body, {k.replace("_", "-"): v for k, v in headers.items()})
        response = connection.getresponse()
        return response, response.read()
    finally:
        connection.close()


def raw(address: Address, data: bytes, timeout: float = 20) -> bytes:
    """What comes back for bytes."""
    with socket.create_connection((address.host, address.port), timeout) as client:
        client.sendall(data)
        found = b""
        try:
            while piece := client.recv(1 << 16):
                found += piece
        except ConnectionError:
            pass
        return found


def test_get_gives_and_head_gives_all_but_the_body(address: Address) -> None:
    response, body = asked(address)
    assert (response.status, body) == (200, PAGE.body)
    assert response.headers["Content-Type"] == PAGE.kind
    head, nothing = asked(address, "HEAD")
    assert (head.status, nothing) == (200, b"")
    assert head.headers["Content-Length"] == str(len(PAGE.body))


def test_what_stands_after_a_question_mark_changes_nothing(address: Address) -> None:
    assert asked(address, path="/?again=1")[1] == PAGE.body


@pytest.mark.parametrize("path", ["/other", "/../../etc/passwd", "/%2e%2e/x"])
def test_nothing_lies_anywhere_else(address: Address, path: str) -> None:
    response, body = asked(address, path=path)
    assert (response.status, body) == (404, b"404 Not Found\n")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
def test_nothing_is_taken(address: Address, method: str) -> None:
    response, _ = asked(address, method)
    assert (response.status, response.headers["Allow"]) == (405, "GET, HEAD")


def test_browsers_are_told_to_keep_it_to_themselves(address: Address) -> None:
    for path in ("/", "/other"):
        headers = asked(address, path=path)[0].headers
        assert headers["Cache-Control"] == "no-store"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"
        assert headers["Referrer-Policy"] == "no-referrer"
        assert headers["Server"] == "converter"
    policy = asked(address)[0].headers["Content-Security-Policy"]
    assert policy == "default-src 'none'; frame-ancestors 'none'"


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", ""])
def test_a_name_that_was_made_to_lead_here_gets_nothing(address: Address, host: str) -> None:
    response, body = asked(address, Host=host)
    assert response.status == 421
    assert PAGE.body not in body


def test_without_a_host_there_is_nothing(address: Address) -> None:
    assert raw(address, b"GET / HTTP/1.0\r\n\r\n").startswith(b"HTTP/1.0 421 ")


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: localhost\r\nX: " + b"a" * HEAD + b"\r\n\r\n",
        b"GET /" + b"a" * HEAD + b" HTTP/1.1\r\nHost: localhost\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: localhost\r\n" + b"X: y\r\n" * HEAD + b"\r\n",
    ],
    ids=["a long header", "a long path", "many headers"],
)
def test_a_head_that_is_too_large_is_not_read_to_its_end(address: Address, data: bytes) -> None:
    assert PAGE.body not in raw(address, data)
    assert asked(address)[0].status == 200


@pytest.mark.parametrize(
    "data", [b"\x16\x03\x01\x02\x00\x01", b"\r\n\r\n", b"GET\r\n\r\n", b"\0" * 99]
)
def test_what_is_no_request_does_no_harm(address: Address, data: bytes) -> None:
    assert PAGE.body not in raw(address, data + b"\r\n\r\n")
    assert asked(address)[0].status == 200


@contextmanager
def dripping(address: Address, count: int) -> Iterator[list[socket.socket]]:
    """So many clients that have begun a request and do not end it."""
    clients = [socket.create_connection((address.host, address.port), 20) for _ in range(count)]
    for client in clients:
        client.sendall(b"GET / HTTP/1.1\r\nHost:")
    try:
        yield clients
    finally:
        for client in clients:
            client.close()


def soon(happens: Callable[[], bool]) -> bool:
    """Whether something comes true within twenty seconds."""
    until = time.monotonic() + 20
    while time.monotonic() < until:
        if happens():
            return True
        time.sleep(0.02)
    return False


def test_a_client_that_drips_is_dropped_when_its_time_is_over() -> None:
    def dropped() -> bool:
        try:
            client.sendall(b"a")
        except OSError:
            return True
        return False

    with serving(LOCAL, answers, patience=0.3) as address, dripping(address, 1) as (client,):
        assert soon(dropped)


def test_others_are_served_while_some_drip_and_too_many_are_sent_away() -> None:
    with serving(LOCAL, answers, patience=60) as address:
        with dripping(address, MOST - 1):
            assert asked(address)[0].status == 200
        with dripping(address, MOST):
            assert soon(lambda: raw(address, b"").startswith(b"HTTP/1.0 503 "))
        assert soon(lambda: asked(address)[0].status == 200)


def test_an_answer_that_fails_ends_nothing_but_itself() -> None:
    def broken(path: str) -> Answer | None:
        if path == "/broken":
            raise ZeroDivisionError
        return PAGE

    with serving(LOCAL, broken) as address:
        assert asked(address, path="/broken")[0].status == 500
        assert asked(address)[0].status == 200


def test_requests_are_answered_side_by_side() -> None:
    together = threading.Barrier(3, timeout=20)

    def slow(path: str) -> Answer | None:
        together.wait()
        return PAGE

    with serving(LOCAL, slow) as address:
        found: list[int] = []
        threads = [
            threading.Thread(target=lambda: found.append(asked(address)[0].status))
            for _ in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert found == [200, 200, 200]


def test_a_port_that_is_taken_is_a_problem_with_a_cure(address: Address) -> None:
    with pytest.raises(Stopped) as stopped, serving(address, answers):
        pass
    assert stopped.value.problem.kind.id == "ADDRESS_BUSY"
    assert str(address.port) in stopped.value.problem.what("ru")


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_of_another_computer_is_a_problem_too(host: str) -> None:
    with pytest.raises(Stopped) as stopped, serving(Address(host, 0), answers):
        pass
    assert stopped.value.problem.kind.id == "ADDRESS_FAILED"


def test_after_the_block_nobody_answers_and_the_port_is_free() -> None:
    with serving(LOCAL, answers) as address:
        assert asked(address)[0].status == 200
    with pytest.raises(OSError):
        asked(address)
    with serving(address, answers) as again:
        assert again == address


@pytest.mark.skipif(not socket.has_ipv6, reason="no IPv6 here")
def test_ipv6_too() -> None:
    try:
        with serving(Address("::1", 0), answers) as address:
            assert asked(address)[0].status == 200
    except Stopped:
        pytest.skip("no IPv6 address here")

"""Where to serve, and who may ask there."""

from __future__ import annotations

import pytest

from converter.serving.address import Address, address_of


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("127.0.0.1:8080", Address("127.0.0.1", 8080)),
        (" localhost:0 ", Address("localhost", 0)),
        ("[::1]:8080", Address("::1", 8080)),
        ("server-1.example:65535", Address("server-1.example", 65535)),
        ("127.0.0.1", None),
        (":8080", None),
        ("127.0.0.1:65536", None),
        ("127.0.0.1:http", None),
        ("::1:8080", None),
        ("http://127.0.0.1:8080", None),
        ("127.0.0.1:８０８０", None),
    ],
)
def test_an_address_is_a_host_and_a_port(text: str, expected: Address | None) -> None:
    assert address_of(text) == expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("127.0.0.1", True), ("127.9.9.9", True), ("::1", True), ("LocalHost", True),
        ("0.0.0.0", False), ("::", False), ("192.168.0.7", False), ("localhost.example", False),
    ],
)  # fmt: skip
def test_loopback_is_what_only_this_computer_reaches(host: str, expected: bool) -> None:
    assert Address(host, 80).loopback is expected


def test_a_browser_is_told_where_to_go() -> None:
    assert Address("127.0.0.1", 8080).url == "http://127.0.0.1:8080/"
    assert Address("::1", 8080).url == "http://[::1]:8080/"


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("127.0.0.1:8080", True),
        ("localhost:8080", True),
        ("LOCALHOST", True),
        ("[::1]:8080", True),
        ("localhost:9", True),  # through a tunnel
        ("evil.example:8080", False),
        ("evil.example", False),
        ("127.0.0.1.evil.example:8080", False),
        ("localhost:8080:8080", False),
        ("localhost:8080/x", False),
        ("", False),
        (None, False),
    ],
)
def test_a_name_from_elsewhere_that_leads_here_is_not_ours(
    asked: str | None, expected: bool
) -> None:
    assert Address("127.0.0.1", 8080).answers_to(asked) is expected


def test_an_address_that_others_reach_may_have_any_name() -> None:
    assert Address("0.0.0.0", 8080).answers_to("converter.example")

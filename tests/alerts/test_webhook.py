"""The webhook: a POST of JSON to a real server, and every way in which that goes wrong."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from converter.alerts.failures import Undelivered
from converter.alerts.webhook import WebhookChannel
from converter.settings.alerting import Webhook
from tests.alerts.news import letter
from tests.alerts.servers import Certified, Web, certified, closed_port, web

SECRET = "qwerty/123:token"


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of this computer stands between."""
    monkeypatch.setenv("no_proxy", "*")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certified(tmp_path_factory.mktemp("certified"))


@pytest.fixture
def site() -> Iterator[Web]:
    with web() as site:
        yield site


def channel(url: str, timeout: float = 5, **settings: Any) -> WebhookChannel:
    return WebhookChannel(Webhook(url, **settings), {"ALERT": SECRET}, timeout)


def refused(url: str, timeout: float = 5, **settings: Any) -> str:
    """Why it was not delivered; never with the secret."""
    hook = channel(url, timeout, **settings)
    with pytest.raises(Undelivered) as caught:
        hook.send(letter())
    problem = hook.failed(caught.value.reason)
    words = problem.what("en") + problem.what("ru") + repr(problem) + repr(caught.value)
    assert "qwerty" not in words
    assert caught.value.__cause__ is None
    return problem.what("en")


def test_a_post_of_json(site: Web) -> None:
    assert channel(site.url("/converter?x=1")).send(letter()) is None
    [asked] = site.asked
    assert (asked.method, asked.path) == ("POST", "/converter?x=1")
    assert asked.headers["Content-Type"] == "application/json; charset=utf-8"
    assert asked.headers["User-Agent"].startswith("converter/")
    assert asked.document == letter().document()


def test_the_secret_goes_into_the_header_and_the_address(site: Web) -> None:
    hook = channel(
        site.url("/hook/{secret}/end"), secret_env="ALERT", header="X-Key: Bearer {secret}"
    )
    hook.send(letter())
    [asked] = site.asked
    assert asked.path == f"/hook/{SECRET}/end"
    assert asked.headers["X-Key"] == f"Bearer {SECRET}"
    assert hook.target == f"127.0.0.1:{site.port}"


def test_a_secret_that_is_not_there(site: Web) -> None:
    said = refused(site.url(), secret_env="OTHER", header="X-Key: {secret}")
    assert "OTHER is not set" in said
    assert site.asked == []


@pytest.mark.parametrize("word", ["two\r\nX-Other: 1", "ключ"])
def test_a_secret_that_is_no_header_sends_nothing(word: str, site: Web) -> None:
    hook = WebhookChannel(
        Webhook(site.url(), header="X-Key: {secret}", secret_env="A"), {"A": word}, 5
    )
    with pytest.raises(Undelivered) as caught:
        hook.send(letter())
    assert "X-Other" not in repr(caught.value.reason)
    assert site.asked == []


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_answers_that_are_well(status: int) -> None:
    with web((status, {})) as site:
        channel(site.url()).send(letter())


@pytest.mark.parametrize(("status", "words"), [(500, "500 Internal Server Error"), (404, "404")])
def test_answers_that_are_not(status: int, words: str) -> None:
    with web((status, {})) as site:
        assert f"the server answered {words}" in refused(site.url())


def test_nobody_there() -> None:
    assert "the connection was refused" in refused(f"http://127.0.0.1:{closed_port()}/")


def test_a_name_that_nobody_has() -> None:
    assert "name was not found" in refused("http://nobody.invalid/")


def test_a_server_that_says_nothing() -> None:
    def wait(handler: Any) -> None:
        handler.connection.settimeout(30)
        handler.rfile.read(1)

    with web(wait) as site:
        began = time.monotonic()
        assert "no answer within 0.3 s" in refused(site.url(), timeout=0.3)
        assert time.monotonic() - began < 20


def test_a_server_that_hangs_up() -> None:
    with web(lambda handler: handler.connection.close()) as site:
        assert "not sent" in refused(site.url())


def test_what_is_no_http() -> None:
    with web(lambda handler: handler.wfile.write(b"220 smtp here\r\n")) as site:
        assert "the answer is no HTTP" in refused(site.url())


# -- redirects -----------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_on_the_same_server_is_followed_with_all_of_it(status: int) -> None:
    with web((status, {"Location": "/new"})) as site:
        channel(site.url("/old"), secret_env="ALERT", header="X-Key: {secret}").send(letter())
        old, new = site.asked
    assert (old.path, new.path, new.method) == ("/old", "/new", "POST")
    assert (new.body, new.headers["X-Key"]) == (old.body, SECRET)


def test_a_redirect_to_another_server_is_not_followed() -> None:
    with web() as other, web((302, {"Location": other.url("/?qwerty")})) as site:
        said = refused(site.url(), secret_env="ALERT", header="X-Key: {secret}")
        assert f"sends on to another (127.0.0.1:{other.port})" in said
        assert other.asked == []


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://127.0.0.1/x", "https://127.0.0.1/"])
def test_a_redirect_to_another_scheme_is_not_followed(place: str) -> None:
    with web((302, {"Location": place})) as site:
        assert "not sent" in refused(site.url())


def test_redirects_without_end() -> None:
    with web(*[(302, {"Location": f"/{index}"}) for index in range(50)]) as site:
        assert "the server answered 302" in refused(site.url())
        assert len(site.asked) < 20


# -- certificates --------------------------------------------------------------------------------


def test_a_certificate_of_an_authority_that_is_named(certificates: Certified) -> None:
    with web(tls=certificates.server) as site:
        channel(site.url(), ca_file=certificates.authority).send(letter())
        assert len(site.asked) == 1


def test_a_certificate_of_an_authority_that_nobody_knows(certificates: Certified) -> None:
    with web(tls=certificates.server) as site:
        assert "certificate cannot be trusted" in refused(site.url())
        assert site.asked == []


def test_a_certificate_of_another_server(tmp_path: Path) -> None:
    other = certified(tmp_path, "127.0.0.2")
    with web(tls=other.server) as site:
        assert "certificate cannot be trusted" in refused(site.url(), ca_file=other.authority)
        assert site.asked == []


def test_a_certificate_that_has_expired(tmp_path: Path) -> None:
    old = certified(tmp_path, days=-1)
    with web(tls=old.server) as site:
        assert "expired" in refused(site.url(), ca_file=old.authority)


@pytest.mark.parametrize("text", [None, "no PEM"])
def test_an_authority_that_cannot_be_read(text: str | None, tmp_path: Path) -> None:
    path = tmp_path / "ca.pem"
    if text is not None:
        path.write_text(text)
    assert "ca_file cannot be read as PEM" in refused("https://127.0.0.1:1/", ca_file=path)


def test_tls_towards_a_server_that_has_none(site: Web) -> None:
    assert "TLS failed" in refused(f"https://127.0.0.1:{site.port}/")

"""Mail: a real server with each encryption, with and without a login, and every way to fail."""

from __future__ import annotations

import time
from datetime import UTC
from pathlib import Path
from typing import Any

import pytest

from converter.alerts.failures import Undelivered
from converter.alerts.mail import MailChannel
from converter.settings.alerting import Mail
from tests.alerts.news import NOW, letter, trouble
from tests.alerts.servers import HOST, Certified, certified, closed_port, post

SECRET = "qwerty-123"
TO = ("admin@example.ru", "accountant@example.ru")


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certified:
    return certified(tmp_path_factory.mktemp("certified"))


def channel(port: int, timeout: float = 5, **settings: Any) -> MailChannel:
    given: dict[str, Any] = {"security": "none", **settings, "port": port}
    mail = Mail(HOST, "exchange@example.ru", TO, **given)
    return MailChannel(mail, {"MAIL": SECRET}, timeout)


def refused(port: int, timeout: float = 5, **settings: Any) -> str:
    """Why it was not sent; never with the password."""
    mail = channel(port, timeout, **settings)
    with pytest.raises(Undelivered) as caught:
        mail.send(letter())
    problem = mail.failed(caught.value.reason)
    words = problem.what("en") + problem.what("ru") + repr(problem)
    assert "qwerty" not in words
    assert words.isprintable()
    return problem.what("en")


def test_a_letter() -> None:
    with post() as office:
        assert channel(office.port).send(letter(language="ru")) is None
        [received] = office.received
    message = received.message
    assert (received.sender, received.to) == ("exchange@example.ru", list(TO))
    assert message["From"] == "exchange@example.ru"
    assert message["To"] == ", ".join(TO)
    assert message["Subject"] == "converter: main: объект задержан"
    assert message["Date"].datetime == NOW.replace(tzinfo=UTC)
    assert message["Message-ID"] == f"<{letter().id}@example.ru>"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message.get_content().strip() == letter(language="ru").text
    assert (received.encrypted, received.login) == (False, None)


@pytest.mark.parametrize("from_the_start", [False, True], ids=["starttls", "tls"])
def test_encrypted_and_with_a_login(from_the_start: bool, certificates: Certified) -> None:
    with post(certificates.server, from_the_start) as office:
        office.users["name"] = SECRET
        mail = channel(
            office.port,
            security="tls" if from_the_start else "starttls",
            login="name",
            password_env="MAIL",
            ca_file=certificates.authority,
        )
        assert mail.send(letter()) is None
        [received] = office.received
    assert (received.encrypted, received.login) == (True, ("name", SECRET))


def test_a_password_from_a_file(certificates: Certified, tmp_path: Path) -> None:
    path = tmp_path / "mail.password"
    path.write_text(f"{SECRET}\n", "utf-8")
    path.chmod(0o600)
    with post(certificates.server) as office:
        office.users["name"] = SECRET
        mail = channel(
            office.port, security="starttls", login="name", password_file=path,
            ca_file=certificates.authority,
        )  # fmt: skip
        mail.send(letter())
        path.write_text("other\n")  # read anew each time
        with pytest.raises(Undelivered):
            mail.send(letter())


def test_a_wrong_password_is_not_repeated_though_the_server_does(certificates: Certified) -> None:
    with post(certificates.server) as office:
        said = refused(
            office.port, security="starttls", login="name", password_env="MAIL",
            ca_file=certificates.authority,
        )  # fmt: skip
    assert "login or password refused: 535 no [31m… is wrong" in said


def test_a_password_that_no_server_takes(certificates: Certified) -> None:
    with post(certificates.server) as office:
        mail = Mail(
            HOST, "exchange@example.ru", TO, port=office.port, login="name", password_env="MAIL",
            ca_file=certificates.authority,
        )  # fmt: skip
        with pytest.raises(Undelivered) as caught:
            MailChannel(mail, {"MAIL": "пароль"}, 5).send(letter())
    assert "Latin letters" in caught.value.reason.en


def test_a_password_that_is_not_there() -> None:
    with post() as office:
        said = refused(office.port, security="starttls", login="name", password_env="OTHER")
    assert "OTHER is not set" in said


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_knows(security: str, certificates: Certified) -> None:
    with post(certificates.server, security == "tls") as office:
        assert "certificate cannot be trusted" in refused(office.port, security=security)
        assert office.received == []


def test_a_certificate_of_another_server(tmp_path: Path) -> None:
    other = certified(tmp_path, "127.0.0.2")
    with post(other.server) as office:
        said = refused(office.port, security="starttls", ca_file=other.authority)
        assert "certificate cannot be trusted" in said


def test_a_server_without_starttls_gets_nothing(certificates: Certified) -> None:
    with post(certificates.server) as office:
        office.offers_tls = False
        said = refused(office.port, security="starttls", ca_file=certificates.authority)
        assert "does not offer" in said
        assert office.received == []


def test_nobody_there() -> None:
    assert "the connection was refused" in refused(closed_port())


def test_a_server_that_says_nothing() -> None:
    with post() as office:
        office.before = lambda handler: handler.rfile.read(1)
        began = time.monotonic()
        assert "no answer within 0.3 s" in refused(office.port, timeout=0.3)
        assert time.monotonic() - began < 20


def test_a_server_that_hangs_up() -> None:
    def hang_up(handler: Any) -> None:
        handler.connection.close()
        raise OSError

    with post() as office:
        office.before = hang_up
        assert "the connection was cut" in refused(office.port)


def test_a_server_that_is_busy() -> None:
    def busy(handler: Any) -> None:
        handler.wfile.write(b"421 too \x07busy\r\n")
        raise OSError

    with post() as office:
        office.before = busy
        assert "421 too busy" in refused(office.port)


def test_an_address_that_is_not_taken_is_told_and_the_others_get_it() -> None:
    with post() as office:
        office.refuses = {TO[1]}
        problem = channel(office.port).send(letter())
        assert [each.to for each in office.received] == [[TO[0]]]
    assert problem is not None
    assert (problem.kind.id, TO[1] in problem.what("en")) == ("ALERT_PARTLY", True)


def test_no_address_is_taken() -> None:
    with post() as office:
        office.refuses = set(TO)
        assert "none of the addresses was taken: 550" in refused(office.port)


def test_names_from_outside_make_no_headers() -> None:
    news = [trouble(link="main\r\nBcc: other@example.ru", object="№\r\n.\r\nMAIL FROM:<x@y>")]
    with post() as office:
        channel(office.port).send(letter(news))
        [received] = office.received
    assert received.message["Bcc"] is None
    assert received.to == list(TO)
    assert r"№\r\n.\r\nMAIL FROM" in received.message.get_content()


def test_whom_it_reaches() -> None:
    assert channel(1).target == "admin@example.ru, accountant@example.ru"

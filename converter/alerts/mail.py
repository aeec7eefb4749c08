"""Alerts by mail: SMTP with TLS from the start, with STARTTLS, or in a trusted network without."""

from __future__ import annotations

import smtplib
from collections.abc import Mapping
from datetime import UTC
from email.message import EmailMessage

from converter.alerts.channels import hidden, secret_of
from converter.alerts.failures import Undelivered, said, why
from converter.alerts.http import trust
from converter.alerts.letters import Letter
from converter.problems import Problem, Said
from converter.problems import catalogue as say
from converter.settings.alerting import Mail
from converter.settings.passwords import Place

_PORTS = {"starttls": 587, "tls": 465, "none": 25}


class MailChannel:
    """Sends letters through a mail server."""

    name = "mail"

    def __init__(self, settings: Mail, environment: Mapping[str, str], timeout: float) -> None:
        self._settings = settings
        self._environment = environment
        self._timeout = timeout

    @property
    def target(self) -> str:
        """Whom it reaches, for people."""
        return ", ".join(self._settings.to)

    def failed(self, reason: Said) -> Problem:
        """What is wrong with this channel."""
        return say.ALERT_MAIL(server=self._settings.server, reason=reason)

    def send(self, letter: Letter) -> Problem | None:
        """Send a letter; what is wrong although it was sent. Raises `Undelivered`."""
        mail = self._settings
        place = Place(mail.password_env, mail.password_file, mail.password_command)
        password = secret_of(place, self._environment)
        try:
            with self._connected() as server:
                if mail.login is not None:
                    _log_in(server, mail.login, password)
                refused = server.send_message(
                    _message(letter, mail), from_addr=mail.sender, to_addrs=list(mail.to)
                )
        except smtplib.SMTPException as error:
            late = isinstance(error.__context__, TimeoutError)  # which smtplib takes for an end
            reason = error.__context__ if late and error.__context__ is not None else error
            raise Undelivered(_reason(reason, password, self._timeout)) from None
        except (OSError, ValueError) as error:
            raise Undelivered(why(error, self._timeout)) from None
        if refused:
            return say.ALERT_PARTLY(server=mail.server, addresses=", ".join(refused))
        return None

    def _connected(self) -> smtplib.SMTP:
        mail = self._settings
        port = mail.port or _PORTS[mail.security]
        if mail.security == "tls":
            context = trust(mail.ca_file)
            return smtplib.SMTP_SSL(mail.server, port, timeout=self._timeout, context=context)
        server = smtplib.SMTP(mail.server, port, timeout=self._timeout)
        if mail.security == "starttls":
            try:
                server.starttls(context=trust(mail.ca_file))
            except BaseException:
                server.close()
                raise
        return server


def _log_in(server: smtplib.SMTP, login: str, password: str) -> None:
    if not (login + password).isascii():
        raise Undelivered(
            Said(
                "в логине и пароле почты годятся только латинские буквы, цифры и знаки",
                "login and password of the mail may have Latin letters, digits and signs alone",
            )
        )
    server.login(login, password)


def _message(letter: Letter, mail: Mail) -> EmailMessage:
    """The letter as a message; its id is that of the news, so that a repeat can be told."""
    message = EmailMessage()
    message["Subject"] = letter.subject
    message["From"] = mail.sender
    message["To"] = ", ".join(mail.to)
    message["Date"] = letter.at.replace(tzinfo=UTC)
    message["Message-ID"] = f"<{letter.id}@{mail.sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(letter.text)
    return message


def _reason(error: BaseException, password: str, timeout: float) -> Said:
    if isinstance(error, smtplib.SMTPNotSupportedError):
        return Said(
            "сервер не предлагает того, о чём его просят (STARTTLS, вход)",
            "the server does not offer what it is asked for (STARTTLS, log-in)",
        )
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, text = next(iter(error.recipients.values()))
        plain = hidden(f"{code} {said(text)}", password)
        return Said(
            f"ни один адрес не принят: {plain}", f"none of the addresses was taken: {plain}"
        )
    if isinstance(error, smtplib.SMTPResponseException):
        plain = hidden(f"{error.smtp_code} {said(error.smtp_error)}", password)
        if isinstance(error, smtplib.SMTPAuthenticationError):
            return Said(
                f"логин или пароль не принят: {plain}", f"login or password refused: {plain}"
            )
        return Said(f"сервер ответил: {plain}", f"the server answered: {plain}")
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return Said("соединение оборвано", "the connection was cut")
    return why(error, timeout)

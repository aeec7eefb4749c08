"""The keys of ``[alerts]``: who is told that something is wrong, and how (docs/alerts.md)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from converter.settings.saying import (
    DURATION_NEEDED,
    VARIABLE_NEEDED,
    Command,
    Duration,
    Says,
    Text,
    Variable,
    secret_command,
    secret_file,
)

#: where the secret is put in an address or a header
SECRET = "{secret}"

Address = Annotated[str, Meta(pattern=r"^[^\s@<>,;:\"]+@[^\s@<>,;:\"]+$")]
Addresses = Annotated[tuple[Address, ...], Meta(min_length=1)]
Url = Annotated[str, Meta(pattern=r"^https?://[^\s/?#@{}]+([/?#]\S*)?$")]
Header = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_-]+: .*\{secret\}")]
Port = Annotated[int, Meta(ge=1, le=65_535)]

_URL_NEEDED = (
    "адрес, который начинается с https:// или http://, без имени и пароля в нём",
    "an address that begins with https:// or http://, without a name and a password in it",
)
_ADDRESS_NEEDED = ("почтовый адрес, один", "one mail address")
_CA_FILE = Says(
    "Файл PEM с сертификатом центра, которому верить сверх известных системе: для сервера со своим"
    " центром.",
    "A PEM file with the certificate of an authority to trust beside those that the system knows:"
    " for a server with an authority of its own.",
    "ca.pem",
)
_SECRET = "секрет, подставляемый вместо {secret}"
_SECRET_EN = "the secret that takes the place of {secret}"


def _secret_env(example: str) -> Says:
    return Says(
        f"Переменная окружения, в которой лежит {_SECRET}. Сам секрет здесь не пишут.",
        f"The environment variable that holds {_SECRET_EN}. Never the secret itself.",
        example,
        VARIABLE_NEEDED,
    )


def _secret_file(example: str) -> Says:
    return secret_file(_SECRET, _SECRET_EN, example)


def _secret_command(example: str) -> Says:
    return secret_command(_SECRET, _SECRET_EN, ("pass", "show", example))


class Mail(Struct, frozen=True, forbid_unknown_fields=True):
    """Alerts by mail."""

    server: Annotated[Text, Says("Почтовый сервер.", "The mail server.", "smtp.example.ru")]
    sender: Annotated[
        Address,
        Says("От кого письма.", "Who the mail is from.", "exchange@example.ru", _ADDRESS_NEEDED),
    ]
    to: Annotated[
        Addresses,
        Says(
            "Кому письма.",
            "Who the mail goes to.",
            ("admin@example.ru",),
            ("список почтовых адресов в кавычках", "a list of mail addresses in quotes"),
        ),
    ]
    security: Annotated[
        Literal["starttls", "tls", "none"],
        Says(
            "Шифрование: starttls (порт 587), tls с начала соединения (465) или none (25).",
            "Encryption: starttls (port 587), tls from the start (465), or none (25).",
        ),
    ] = "starttls"
    port: Annotated[
        Port | None,
        Says(
            "Порт, если он не тот, что принят для этого шифрования.",
            "The port, where it is not the usual one of that encryption.",
            587,
            ("номер порта от 1 до 65535", "a port number from 1 to 65535"),
        ),
    ] = None
    login: Annotated[
        Text | None,
        Says(
            "Имя для входа на сервер; без него вход не выполняется.",
            "The name to log in to the server with; without it there is no log-in.",
            "exchange@example.ru",
        ),
    ] = None
    password_env: Annotated[
        Variable | None,
        Says(
            "Переменная окружения, в которой лежит пароль почты. Сам пароль здесь не пишут.",
            "The environment variable that holds the mail password. Never the password itself.",
            "MAIL_PASSWORD",
            VARIABLE_NEEDED,
        ),
    ] = None
    password_file: Annotated[
        Path | None, secret_file("этот пароль", "that password", "mail.password")
    ] = None
    password_command: Annotated[
        Command | None,
        secret_command("этот пароль", "that password", ("pass", "show", "mail/exchange")),
    ] = None
    ca_file: Annotated[Path | None, _CA_FILE] = None


class Webhook(Struct, frozen=True, forbid_unknown_fields=True):
    """Alerts by a request of HTTP."""

    url: Annotated[
        Url,
        Says(
            "Куда отправлять: POST с JSON. На место {secret} встаёт секрет.",
            "Where to: a POST of JSON. The secret takes the place of {secret}.",
            "https://alerts.example.ru/converter",
            _URL_NEEDED,
        ),
    ]
    header: Annotated[
        Header | None,
        Says(
            "Заголовок запроса с секретом: имя, двоеточие, пробел и значение с {secret}.",
            "A header of the request with the secret: name, colon, blank, and a value with {secret}.",
            "Authorization: Bearer {secret}",
            (
                "имя заголовка, двоеточие, пробел и значение, в котором есть {secret}",
                "a header's name, a colon, a blank, and a value that has {secret}",
            ),
        ),
    ] = None
    secret_env: Annotated[Variable | None, _secret_env("ALERT_SECRET")] = None
    secret_file: Annotated[Path | None, _secret_file("alert.secret")] = None
    secret_command: Annotated[Command | None, _secret_command("alerts/webhook")] = None
    ca_file: Annotated[Path | None, _CA_FILE] = None


class Heartbeat(Struct, frozen=True, forbid_unknown_fields=True):
    """A sign of life for a service that watches for its absence."""

    url: Annotated[
        Url,
        Says(
            "Адрес, который запрашивают (GET), пока проходы удаются. На место {secret} встаёт секрет.",
            "The address that is asked for (GET) as long as passes succeed. The secret takes the"
            " place of {secret}.",
            "https://ping.example.ru/converter",
            _URL_NEEDED,
        ),
    ]
    fail_url: Annotated[
        Url | None,
        Says(
            "Адрес, который запрашивают, когда проход не удался. Без него тогда не запрашивают ничего.",
            "The address that is asked for when a pass has failed. Without it nothing is asked for then.",
            "https://ping.example.ru/converter/fail",
            _URL_NEEDED,
        ),
    ] = None
    every: Annotated[
        Duration,
        Says(
            "Как часто при watch; sync подаёт знак в конце каждого вызова.",
            "How often with watch; sync gives its sign at the end of each call.",
            needed=DURATION_NEEDED,
        ),
    ] = "5m"
    secret_env: Annotated[Variable | None, _secret_env("PING_SECRET")] = None
    secret_file: Annotated[Path | None, _secret_file("ping.secret")] = None
    secret_command: Annotated[Command | None, _secret_command("alerts/ping")] = None
    ca_file: Annotated[Path | None, _CA_FILE] = None


class Alerts(Struct, frozen=True, forbid_unknown_fields=True):
    """Who is told, and how."""

    language: Annotated[
        Literal["ru", "en"], Says("Язык оповещений.", "The language of alerts.")
    ] = "ru"
    pause: Annotated[
        Duration,
        Says(
            "Не чаще чем раз в это время сообщают по одному каналу, и столько беда должна быть"
            " позади, чтобы о её конце сообщили.",
            "At most once in this time a channel is used, and for so long a trouble must be over"
            " before its end is told.",
            needed=DURATION_NEEDED,
        ),
    ] = "5m"
    mail: Annotated[Mail | None, Says("Почта.", "Mail.")] = None
    webhook: Annotated[
        Webhook | None, Says("Запрос HTTP (webhook).", "A request of HTTP (webhook).")
    ] = None
    heartbeat: Annotated[
        Heartbeat | None,
        Says(
            "Знак жизни для службы, которая замечает его отсутствие.",
            "A sign of life, for a service that notices when it is missing.",
        ),
    ] = None

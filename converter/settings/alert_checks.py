"""What must fit together in ``[alerts]``: secrets and where they are used (docs/alerts.md)."""

from __future__ import annotations

from msgspec import Struct

from converter.problems import Said, Stopped
from converter.problems import catalogue as say
from converter.settings.alerting import SECRET, Alerts, Mail
from converter.settings.checking import wrong_value
from converter.settings.clashes import one_place
from converter.settings.keys import keys_of
from converter.settings.lines import Place
from converter.settings.reading import Source, spelt


def check_alerts(source: Source, alerts: Alerts) -> None:
    """Raise `Stopped` (SETTING_CLASH, SETTING_MISSING, SETTING_TYPE) where a secret lies in two places, or is
    asked for and named nowhere, or named and not used, or would go unencrypted."""
    if alerts.mail is not None:
        _mail(source, alerts.mail, ("alerts", "mail"))
    if alerts.webhook is not None:
        texts = (alerts.webhook.url, alerts.webhook.header)
        _placed(source, alerts.webhook, texts, ("alerts", "webhook"), "header")
    if alerts.heartbeat is not None:
        texts = (alerts.heartbeat.url, alerts.heartbeat.fail_url)
        _placed(source, alerts.heartbeat, texts, ("alerts", "heartbeat"), "url")


def _mail(source: Source, mail: Mail, place: Place) -> None:
    named = one_place(source, mail, "password", place)
    if (named is None) != (mail.login is None):
        raise _missing(source, mail, "login" if mail.login is None else "password_env", place)
    if mail.login is not None and mail.security == "none":
        needed = Said(
            "starttls или tls, раз есть login: иначе пароль ушёл бы открытым текстом",
            "starttls or tls where there is a login: else the password would go in the open",
        )
        key = keys_of(Mail)["security"]
        problem = wrong_value(key, mail.security, needed, key.example)
        raise source.stop(problem, (*place, "security"))


def _placed(
    source: Source, table: Struct, texts: tuple[str | None, ...], place: Place, home: str
) -> None:
    """A secret is named just where some text has a place for it; ``home`` is the usual one."""
    key = one_place(source, table, "secret", place)
    used = any(text is not None and SECRET in text for text in texts)
    if used and key is None:
        raise _missing(source, table, "secret_env", place)
    if key is not None and not used:
        raise _missing(source, table, home, place)


def _missing(source: Source, table: Struct, name: str, place: Place) -> Stopped:
    header = f"[{spelt(place)}]"
    example = keys_of(type(table))[name].example
    if name == "url":
        example = f'url = "https://ping.example.ru/{SECRET}"'
    under = Said(f"под {header}", f"under {header}")
    return source.stop(say.SETTING_MISSING(key=name, place=under, example=example), place)

"""The settings of alerts: what is taken, what does not fit together, and that no secret is repeated."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from converter.settings.durations import duration, spoken
from tests.settings.files import SMALLEST, settings, stopped

MAIL = """
[alerts.mail]
server = "smtp.example.ru"
sender = "exchange@example.ru"
to = ["admin@example.ru", "accountant@example.ru"]
"""
WEBHOOK = """
[alerts.webhook]
url = "https://alerts.example.ru/converter"
"""
HEARTBEAT = """
[alerts.heartbeat]
url = "https://ping.example.ru/converter"
"""


def test_without_the_table_nobody_is_told(tmp_path: Path) -> None:
    found = settings(tmp_path, SMALLEST)
    assert found.alerts is None
    assert (found.link[0].crm.silence, found.link[0].crm.silence_days) == (None, "all")


def test_all_channels_with_their_defaults(tmp_path: Path) -> None:
    alerts = settings(tmp_path, SMALLEST + MAIL + WEBHOOK + HEARTBEAT).alerts
    assert alerts is not None
    assert (alerts.language, alerts.pause) == ("ru", "5m")
    assert alerts.mail is not None and alerts.webhook is not None and alerts.heartbeat is not None
    assert alerts.mail.to == ("admin@example.ru", "accountant@example.ru")
    assert (alerts.mail.security, alerts.mail.port, alerts.mail.login) == ("starttls", None, None)
    assert (alerts.webhook.header, alerts.heartbeat.every) == (None, "5m")


def test_files_are_relative_to_the_settings(tmp_path: Path) -> None:
    text = SMALLEST + WEBHOOK + 'ca_file = "ca.pem"\n'
    alerts = settings(tmp_path, text).alerts
    assert alerts is not None and alerts.webhook is not None
    assert alerts.webhook.ca_file == tmp_path / "ca.pem"


@pytest.mark.parametrize(
    ("text", "length", "ru", "en"),
    [
        ("45s", timedelta(seconds=45), "45 с", "45 s"),
        ("90m", timedelta(minutes=90), "90 мин", "90 min"),
        ("26h", timedelta(hours=26), "26 ч", "26 h"),
        ("3d", timedelta(days=3), "3 сут", "3 d"),
    ],
)
def test_a_time(text: str, length: timedelta, ru: str, en: str, tmp_path: Path) -> None:
    [link] = settings(tmp_path, SMALLEST + f'silence = "{text}"\n').link
    assert link.bp.silence == text
    assert (duration(text), spoken(text)) == (length, (ru, en))


@pytest.mark.parametrize("text", ["26", "h", "0h", "26 h", "1.5h", "-1h", "26H", "10000d"])
def test_what_is_no_time(text: str, tmp_path: Path) -> None:
    problem = stopped(tmp_path, SMALLEST + f'silence = "{text}"\n')
    assert (problem.kind.id, problem.where.field) == ("SETTING_TYPE", "link[1].bp.silence")
    assert 'silence = "26h"' in problem.cure("en")


@pytest.mark.parametrize(
    ("more", "field", "kind"),
    [
        (MAIL.replace('server = "smtp.example.ru"\n', ""), "alerts.mail", "SETTING_MISSING"),
        (MAIL.replace("admin@", "admin "), "alerts.mail.to", "SETTING_TYPE"),
        (MAIL.replace('["admin@example.ru", "accountant@example.ru"]', "[]"),
         "alerts.mail.to", "SETTING_TYPE"),
        (MAIL + 'sender_name = "x"\n', "alerts.mail.sender_name", "SETTING_UNKNOWN"),
        (MAIL + "port = 0\n", "alerts.mail.port", "SETTING_TYPE"),
        (MAIL + 'port = "25"\n', "alerts.mail.port", "SETTING_TYPE"),
        (MAIL + 'login = "x"\n', "alerts.mail", "SETTING_MISSING"),
        (MAIL + 'password_env = "X"\n', "alerts.mail", "SETTING_MISSING"),
        (MAIL + 'login = "x"\npassword_env = "X"\npassword_file = "y"\n',
         "alerts.mail.password_file", "SETTING_CLASH"),
        (MAIL + 'login = "x"\npassword_env = "X"\nsecurity = "none"\n',
         "alerts.mail.security", "SETTING_TYPE"),
        (WEBHOOK.replace("https", "ftp"), "alerts.webhook.url", "SETTING_TYPE"),
        (WEBHOOK.replace("//alerts", "//name:word@alerts"), "alerts.webhook.url", "SETTING_TYPE"),
        (WEBHOOK + 'header = "Authorization: Bearer abc"\nsecret_env = "X"\n',
         "alerts.webhook.header", "SETTING_TYPE"),
        (WEBHOOK + 'header = "Authorization: Bearer {secret}"\n',
         "alerts.webhook", "SETTING_MISSING"),
        (WEBHOOK + 'secret_env = "X"\n', "alerts.webhook", "SETTING_MISSING"),
        (HEARTBEAT + 'every = "soon"\n', "alerts.heartbeat.every", "SETTING_TYPE"),
        ("\n[alerts]\npause = 5\n", "alerts.pause", "SETTING_TYPE"),
        ('\n[alerts]\nlanguage = "de"\n', "alerts.language", "SETTING_TYPE"),
    ],
)  # fmt: skip
def test_what_does_not_fit(more: str, field: str, kind: str, tmp_path: Path) -> None:
    problem = stopped(tmp_path, SMALLEST + more)
    assert (problem.kind.id, problem.where.field) == (kind, field)


@pytest.mark.parametrize(
    ("name", "example"),
    [
        (MAIL + "password", 'password_env = "MAIL_PASSWORD"'),
        (WEBHOOK + "secret", 'secret_env = "ALERT_SECRET"'),
        (WEBHOOK + "token", 'secret_env = "ALERT_SECRET"'),
        (HEARTBEAT + "secret", 'secret_env = "PING_SECRET"'),
    ],
)
def test_a_secret_in_the_file_is_refused_and_not_repeated(
    name: str, example: str, tmp_path: Path
) -> None:
    problem = stopped(tmp_path, SMALLEST + name + ' = "qwerty-123"\n')
    assert problem.kind.id == "SETTING_PASSWORD"
    for lang in ("ru", "en"):
        assert "qwerty" not in problem.what(lang) + problem.cure(lang)
        assert example in problem.cure(lang)


@pytest.mark.parametrize(
    "more",
    [
        WEBHOOK.replace("https://alerts.example.ru/converter", "alerts.example.ru/qwerty-123"),
        WEBHOOK + 'header = "Authorization: Bearer qwerty-123"\n',
        WEBHOOK + 'secret_env = "qwerty-123"\n',
    ],
)
def test_a_wrong_value_that_may_be_a_secret_is_not_repeated(more: str, tmp_path: Path) -> None:
    problem = stopped(tmp_path, SMALLEST + more)
    assert problem.kind.id == "SETTING_TYPE"
    assert "qwerty" not in repr(problem) + problem.what("ru") + problem.cure("ru")


def test_a_key_of_a_side_under_its_link_is_shown_its_place(tmp_path: Path) -> None:
    text = SMALLEST.replace('name = "main"', 'name = "main"\nsilence = "26h"')
    problem = stopped(tmp_path, text)
    assert (problem.kind.id, "[link.bp]" in problem.cure("en")) == ("SETTING_UNKNOWN", True)

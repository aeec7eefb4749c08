"""Alerts by a request of HTTP: a POST with the letter as JSON (docs/alerts.md)."""

from __future__ import annotations

import json
from collections.abc import Mapping

from converter.alerts.channels import address, filled, secret_of
from converter.alerts.http import call, server_of
from converter.alerts.letters import Letter
from converter.problems import Problem, Said
from converter.problems import catalogue as say
from converter.settings.alerting import Webhook
from converter.settings.passwords import Place


class WebhookChannel:
    """Posts letters to an address."""

    name = "webhook"

    def __init__(self, settings: Webhook, environment: Mapping[str, str], timeout: float) -> None:
        self._settings = settings
        self._environment = environment
        self._timeout = timeout

    @property
    def target(self) -> str:
        """Whom it reaches, for people: no more than the server, since the rest may be a secret."""
        return server_of(self._settings.url)

    def failed(self, reason: Said) -> Problem:
        """What is wrong with this channel."""
        return say.ALERT_WEBHOOK(server=self.target, reason=reason)

    def send(self, letter: Letter) -> Problem | None:
        """Post a letter. Raises `Undelivered`."""
        hook = self._settings
        place = Place(hook.secret_env, hook.secret_file, hook.secret_command)
        word = secret_of(place, self._environment)
        headers = {"Content-Type": "application/json; charset=utf-8"}
        if hook.header is not None:
            name, _, value = hook.header.partition(": ")
            headers[name] = filled(value, word)
        data = json.dumps(letter.document(), ensure_ascii=False).encode("utf-8")
        call(address(hook.url, word), data, headers, hook.ca_file, self._timeout)
        return None

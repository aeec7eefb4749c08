"""A sign of life: an address is asked for as long as passes succeed (docs/alerts.md)."""

from __future__ import annotations

from collections.abc import Mapping

from converter.alerts.channels import address, secret_of
from converter.alerts.http import call, server_of
from converter.problems import Problem, Said
from converter.problems import catalogue as say
from converter.settings.alerting import Heartbeat
from converter.settings.passwords import Place


class Heartbeats:
    """Asks for the addresses of a heartbeat."""

    name = "heartbeat"

    def __init__(self, settings: Heartbeat, environment: Mapping[str, str], timeout: float) -> None:
        self._settings = settings
        self._environment = environment
        self._timeout = timeout

    @property
    def target(self) -> str:
        """Whom it reaches, for people: no more than the server, since the rest may be a secret."""
        return server_of(self._settings.url)

    def failed(self, reason: Said) -> Problem:
        """What is wrong with it."""
        return say.ALERT_HEARTBEAT(server=self.target, reason=reason)

    def beat(self, well: bool) -> None:
        """Say that all is well, or that it is not, where there is an address for that.

        Raises `Undelivered`.
        """
        beat = self._settings
        url = beat.url if well else beat.fail_url
        if url is None:
            return
        place = Place(beat.secret_env, beat.secret_file, beat.secret_command)
        word = secret_of(place, self._environment)
        call(address(url, word), None, {}, beat.ca_file, self._timeout)

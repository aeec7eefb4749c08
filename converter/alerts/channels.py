"""What channels have in common: what one is, and the secrets that they need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol
from urllib.parse import quote

from converter.alerts.failures import Undelivered
from converter.alerts.letters import Letter
from converter.problems import Problem, Said
from converter.settings.alerting import SECRET
from converter.settings.passwords import Place, Unhad, look_up


class Channel(Protocol):
    """A way to tell somebody. ``name`` is what the state remembers it by."""

    name: str

    @property
    def target(self) -> str:
        """Whom it reaches, for people."""

    def failed(self, reason: Said) -> Problem:
        """What is wrong with this channel."""

    def send(self, letter: Letter) -> Problem | None:
        """Tell it; what is wrong although it was told. Raises `Undelivered`."""


class Pulse(Protocol):
    """A way to give a sign of life."""

    name: str

    @property
    def target(self) -> str:
        """Whom it reaches, for people."""

    def failed(self, reason: Said) -> Problem:
        """What is wrong with it."""

    def beat(self, well: bool) -> None:
        """Say that all is well, or that it is not. Raises `Undelivered`."""


def secret_of(place: Place, environment: Mapping[str, str]) -> str:
    """The secret of a channel, read anew each time; empty where it has none. Raises `Undelivered`."""
    found = look_up(place, environment)
    if isinstance(found, Unhad):
        ru, en = found.reason
        raise Undelivered(Said(f"секрет не получен: {ru}", f"the secret cannot be had: {en}"))
    return "" if found is None else found.decode("utf-8")


def filled(text: str, word: str) -> str:
    """A header with its secret in its place."""
    return text.replace(SECRET, word)


def address(url: str, word: str) -> str:
    """An address with its secret in its place; what cannot stand in an address is written by %."""
    return url.replace(SECRET, quote(word, safe="/:@!$&'()*+,;=~?%"))


def hidden(text: str, word: str) -> str:
    """A text without the secret, should a server repeat it."""
    return text.replace(word, "…") if word else text

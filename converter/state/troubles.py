"""What is wrong and since when, and which channel of alerts was told (docs/alerts.md)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from msgspec import Struct
from msgspec.structs import asdict
from sqlalchemy import Connection

from converter.problems import Problem
from converter.problems.keeping import from_text, from_texts
from converter.state import tables
from converter.state.rows import Rows, as_struct

#: the name of a trouble: its link and its key
Name = tuple[str, str]


class Trouble(Struct, frozen=True):
    """Something that is wrong, or was until ``gone``; ``times`` is how often it began, of late.

    ``key`` is its kind and what tells it from others of the kind, ``object`` what people call it;
    ``problems`` are kept as `as_texts` makes them.
    """

    link: str
    key: str
    side: str
    object: str
    since: datetime
    problems: str
    gone: datetime | None = None
    times: int = 1

    @property
    def name(self) -> Name:
        """What it is known by."""
        return self.link, self.key

    @property
    def kind(self) -> str:
        """The first word of the key."""
        return self.key.partition("/")[0]

    @property
    def reasons(self) -> list[Problem]:
        """What is wrong."""
        return from_texts(self.problems)


class Channel(Struct, frozen=True):
    """A channel of alerts: when it last told something, when that was last tried, how many attempts
    have failed since, and what is wrong with it."""

    channel: str
    sent: datetime | None = None
    tried: datetime | None = None
    failures: int = 0
    problem: str | None = None

    @property
    def reason(self) -> Problem | None:
        """What is wrong with it."""
        return None if self.problem is None else from_text(self.problem)


class Troubles:
    """The troubles of all links, and what each channel has told of them."""

    def __init__(self, connection: Connection) -> None:
        self._troubles = Rows(connection, tables.trouble)
        self._told = Rows(connection, tables.told)
        self._channels = Rows(connection, tables.channel)

    def all(self) -> dict[Name, Trouble]:
        """Every trouble that stands, or is not over for long."""
        found = [as_struct(Trouble, row) for row in self._troubles.all()]
        return {each.name: each for each in found}

    def put(self, trouble: Trouble) -> None:
        """Keep a trouble."""
        self._troubles.put(**asdict(trouble))

    def drop(self, name: Name) -> None:
        """Forget a trouble; what was told of it too."""
        link, key = name
        self._troubles.drop(link=link, key=key)
        self._told.drop(link=link, key=key)

    def told(self) -> dict[str, set[Name]]:
        """By channel, what it has told the beginning of and not the end."""
        found: dict[str, set[Name]] = {}
        for row in self._told.all():
            found.setdefault(row["channel"], set()).add((row["link"], row["key"]))
        return found

    def tell(
        self, channel: str, begun: Iterable[Name], ended: Iterable[Name], at: datetime
    ) -> None:
        """A channel has told these beginnings and ends."""
        for link, key in begun:
            self._told.put(channel=channel, link=link, key=key, at=at)
        for link, key in ended:
            self._told.drop(channel=channel, link=link, key=key)

    def channels(self) -> dict[str, Channel]:
        """The channels that were used, by name."""
        return {row["channel"]: as_struct(Channel, row) for row in self._channels.all()}

    def set_channel(self, channel: Channel) -> None:
        """Keep how a channel stands."""
        self._channels.put(**asdict(channel))

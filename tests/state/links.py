"""A link with its two folders, exchanged by the real exchange, for tests of what is asked later."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from converter.exchange.report import Report
from converter.exchange.run import Exchange, Surroundings
from converter.settings import load
from converter.state.opening import State, open_state
from tests.messages import bp_format, bp_message, crm_message, header

TOML = """\
state = "sqlite:///exchange.db"

[[link]]
name = "main"
conflicts = "{conflicts}"
settle = {settle}

[link.crm]
code = "CRM"
folder = "exchange/crm"

[link.bp]
code = "BP"
folder = "exchange/bp"
version = "{version}"
"""


class Linked:
    """A link under ``root``. Messages get their numbers, times and acknowledgements by themselves."""

    def __init__(self, root: Path, version: str = "1.19", conflicts: str = "crm") -> None:
        self.root = root
        self.now = datetime(2026, 3, 2, 9)
        self.config = root / "exchange.toml"
        self.sent = {"crm": 0, "bp": 0}
        for side in ("crm", "bp"):
            (root / "exchange" / side).mkdir(parents=True)
        self.set_up(version, conflicts)

    def set_up(self, version: str = "1.19", conflicts: str = "crm", settle: int = 0) -> None:
        """Write the settings."""
        text = TOML.format(version=version, conflicts=conflicts, settle=settle)
        self.config.write_text(text, encoding="utf-8")
        self.settings = load(self.config)

    @property
    def link(self) -> Any:
        """The link's settings."""
        return self.settings.link[0]

    def crm(self, *objects: str, received: int | None = None) -> Report:
        """The CRM writes a message, and a pass is made."""
        return self._message("crm", objects, received, "1.0")

    def bp(self, *objects: str, received: int | None = None, version: str = "1.19") -> Report:
        """BP writes a message, and a pass is made."""
        return self._message("bp", objects, received, version)

    def put(self, side: str, text: str) -> None:
        """A file of a base's, whatever is in it."""
        own, other = ("CRM", "BP") if side == "crm" else ("BP", "CRM")
        path = self.root / "exchange" / side / f"Message_{own}_{other}.xml"
        path.write_text(text, encoding="utf-8")

    def sync(self) -> Report:
        """A pass of the converter."""
        self.now += timedelta(minutes=1)
        state = self.state()
        try:
            return Exchange(self.link, state, Surroundings(lambda: self.now)).run()
        finally:
            state.close()

    def command(self, name: str, **arguments: Any) -> None:
        """A command that is archived."""
        state = self.state()
        try:
            Exchange(self.link, state, Surroundings(lambda: self.now)).command(name, **arguments)
        finally:
            state.close()

    def state(self) -> State:
        """The state, open."""
        return open_state(self.settings.state, list, self.now)

    def _message(
        self, side: str, objects: tuple[str, ...], received: int | None, version: str
    ) -> Report:
        self.sent[side] += 1
        self.now += timedelta(minutes=1)
        head = header(
            "urn:enterprisedata-converter:crm:1.0" if side == "crm" else bp_format(version),
            created=self.now.isoformat(),
            message_no=self.sent[side],
            received_no=self._ours(side) if received is None else received,
            sender="CRM" if side == "crm" else "BP",
            to="BP" if side == "crm" else "CRM",
            versions=(version,),
        )
        if side == "crm":
            text = crm_message(*objects, head=head)
        else:
            text = bp_message(*objects, version=version, head=head)
        self.put(side, text)
        return self.sync()

    def _ours(self, side: str) -> int:
        """The last number that we wrote to a base: bases read what lies there."""
        from converter.state.bases import Bases

        state = self.state()
        try:
            with state.read() as connection:
                bases = Bases(connection, self.link.name)
                return 0 if bases.link() is None else bases.base(side).sent
        finally:
            state.close()

"""The world of the exchange with its folders on a server, whose files the bases read and write."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from datetime import UTC
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from converter.far.address import Address
from converter.far.opening import Connect, Credentials, connect
from converter.far.transport import FarFailed, Transport
from converter.settings.model import Login
from tests.exchange.world import BOOK, Base, World, state_of
from tests.far.directory import Breaking, Cut
from tests.mapping.book import crm_invoice


class Server(NamedTuple):
    """A server that shows a folder of this machine.

    ``address`` gives the address of a folder in it, ``login`` and ``environment`` what is needed to
    come in, ``connect`` opens a connection.
    """

    root: Path
    address: Callable[[str], Address]
    login: Login = Login()
    environment: dict[str, str] = {}  # noqa: RUF012
    connect: Connect = connect

    def open(self, folder: str) -> Transport:
        """A connection as the exchange makes it."""
        name = self.login.password_env
        password = self.environment[name].encode() if name else None
        login = self.login
        shown = Credentials(
            password, login.key, login.known_hosts, login.certificate, login.passive
        )
        return self.connect(self.address(folder), shown)


def replaces_in_one_step(opened: Transport) -> None:
    """A file takes the name of one that lies there."""
    for data in (b"first", b"second!"):
        opened.write("a.tmp", io.BytesIO(data))
        opened.rename("a.tmp", "a.xml")
    assert opened.size("a.xml") == 7


class FarWorld(World):
    """An exchange whose two folders, or one of them, lie on a server; ``cut`` breaks connections."""

    def __init__(
        self, root: Path, server: Server, sides: tuple[str, ...] = ("crm", "bp"), **settings: Any
    ) -> None:
        super().__init__(root, **settings)
        self.server = server
        self.cut = Cut()
        self.environment = dict(server.environment)
        for side in sides:
            base: Base = getattr(self, side)
            base.folder.rmdir()
            base.folder = server.root / side
            base.folder.mkdir(exist_ok=True)
            one = replace(
                self.link.of(side),
                folder=root / "work" / side,
                far=server.address(side),
                login=server.login,
            )
            self.link = replace(self.link, **{side: one})
        for base in (self.crm, self.bp):
            base.put = _Stamped(base)  # type: ignore[method-assign]
        self.connect = self._connected

    def _connected(self, address: Address, credentials: Credentials) -> Transport:
        made: list[Transport] = []
        try:
            self.cut.step(lambda: made.append(self.server.connect(address, credentials)))
        except FarFailed:
            for each in made:
                each.close()
            raise
        return Breaking(made[0], self.cut)


class _Stamped:
    """Writes a file as a base does, its time that of the test's clock, which tells more apart."""

    def __init__(self, base: Base) -> None:
        self._base = base

    def __call__(self, data: bytes, name: str | None = None) -> Path:
        path = self._base.folder / (name or self._base.name)
        path.write_bytes(data)
        moment = self._base.world.now.replace(tzinfo=UTC).timestamp()
        os.utime(path, (moment, moment))
        return path


def story(world: World, step: Callable[[], object]) -> None:
    """An invoice goes to BP, a payment comes back; ``step`` makes a pass, or as many as it takes."""
    world.crm.send(crm_invoice())
    step()
    letter = world.bp.read()
    assert (letter.number, letter.received) == (1, 0)
    assert letter.all("Документ.СчетНаОплатуПокупателю") or len(letter.objects) > 0
    world.bp.send(BOOK.payment())
    step()
    letter = world.crm.read()
    assert state_of(letter)["Оплачено"] == "150"
    world.crm.send()
    step()
    assert world.row("crm").acknowledged == world.row("crm").sent

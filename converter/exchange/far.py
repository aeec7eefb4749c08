"""The folders of a link that lie on a server: fetched before a pass, shown there after its commit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from converter.exchange.report import Report
from converter.far.mirror import Mirror, Names
from converter.far.opening import Connect, Credentials
from converter.far.transport import FarFailed, Transport, Why
from converter.folder.inbox import LARGEST
from converter.folder.names import is_message, written_name
from converter.problems import Stopped
from converter.problems import catalogue as say
from converter.problems.visible import visible
from converter.settings import Link
from converter.settings.passwords import Unhad, look_up
from converter.state.bases import OTHER, SIDES, Base


class FarFolders:
    """Those of one link, in one process; a side whose folder is a path is passed over.

    ``environment`` and ``connect`` are what passwords and connections come from.
    """

    def __init__(self, link: Link, environment: Mapping[str, str], connect: Connect) -> None:
        self._link = link
        self._environment = environment
        self._connect = connect
        self._passwords: dict[str, bytes | None] = {}
        self._mirrors = {
            side: Mirror(base.folder, base.far, partial(self.open, side))
            for side in SIDES
            if (base := link.of(side)).far is not None
        }

    def __bool__(self) -> bool:
        return bool(self._mirrors)

    def refresh(self, side: str, bases: dict[str, Base], now: datetime, report: Report) -> None:
        """Make the working folder of a side like the one on its server.

        Raises `Stopped` where that cannot be, now or for a while: FOLDER_AWAY and its kin,
        LOGIN_PASSWORD.
        """
        mirror = self._mirrors.get(side)
        if mirror is None:
            return
        look = mirror.refresh(self._names(side, bases), now)
        for name in look.misnamed:
            report.tell(say.FILE_MISNAMED().at(file=visible(name)))
        report.waiting += [(side, name) for name in look.changing]
        for name, size in look.large:
            problem = say.FILE_TOO_LARGE(size=size, limit=LARGEST).at(file=name)
            report.away.append((side, problem))

    def push(self, side: str, bases: dict[str, Base], now: datetime) -> None:
        """Make the server of a side show what its working folder does. Raises `Stopped`."""
        mirror = self._mirrors.get(side)
        if mirror is not None:
            mirror.push(self._names(side, bases), now)

    def trace(self, side: str, now: datetime) -> str | None:
        """A message of ours on the server of a side, where one lies there: an exchange has run.

        Raises `Stopped`.
        """
        mirror = self._mirrors.get(side)
        if mirror is None:
            return None
        name = mirror.ours_there(self._names(side, {}), now)
        return None if name is None else f"{mirror.address}/{name}"

    def open(self, side: str) -> Transport:
        """A connection to the server of a side. Raises `FarFailed`, and `Stopped` (LOGIN_PASSWORD)."""
        far, login = self._link.of(side).far, self._link.of(side).login
        assert far is not None
        if side not in self._passwords:
            found = look_up(login, self._environment)
            if isinstance(found, Unhad):
                problem = say.LOGIN_PASSWORD(folder=str(far), key=found.key, reason=found.reason)
                raise Stopped(problem)
            self._passwords[side] = found
        credentials = Credentials(
            self._passwords[side], login.key, login.known_hosts, login.certificate, login.passive
        )
        try:
            return self._connect(far, credentials)
        except FarFailed as failed:
            if failed.why is Why.LOGIN:
                del self._passwords[side]  # asked for anew: it may have been changed
            raise

    def _names(self, side: str, bases: dict[str, Base]) -> Names:
        senders, receivers = ids(self._link, side, bases), ids(self._link, OTHER[side], bases)
        own, other = self._link.of(side).code, self._link.of(OTHER[side]).code
        latin = self._link.transliterate
        ours = frozenset(written_name(other, own, each, latin) for each in (".xml", ".zip"))
        return Names(lambda name: is_message(name, senders, receivers), ours)


def ids(link: Link, side: str, bases: dict[str, Base]) -> list[str]:
    """By which names a base goes in file names: its code, or its GUID (SPEC §4)."""
    guids = (bases[side].peer, bases[OTHER[side]].guid) if bases else ()
    return [link.of(side).code, *(each for each in guids if each)]

"""How long a server that fails is left in peace: longer each time, and never for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from converter.far.transport import Why

#: the first pause and the longest, in seconds
_AWAY = (5.0, 600.0)
#: a server that refuses a password may lock the account of one who tries often
_LOGIN = (60.0, 3600.0)


class Patience:
    """The pauses of one server, in the memory of one process: a new one tries at once."""

    def __init__(self) -> None:
        self._pause = 0.0
        self._failed: datetime | None = None

    @property
    def again(self) -> datetime | None:
        """When it is to be tried next; None: at any time."""
        return None if self._failed is None else self._failed + timedelta(seconds=self._pause)

    def waits(self, now: datetime) -> bool:
        """Whether it is too early; a clock that was set back ends the wait."""
        return self._failed is not None and timedelta() <= now - self._failed < timedelta(
            seconds=self._pause
        )

    def failed(self, now: datetime, why: Why) -> None:
        """It failed again: the pause doubles."""
        first, most = _LOGIN if why in (Why.LOGIN, Why.UNTRUSTED) else _AWAY
        self._pause = min(max(first, self._pause * 2), most)
        self._failed = now

    def well(self) -> None:
        """It answered."""
        self._pause, self._failed = 0.0, None

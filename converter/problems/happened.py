"""What a kind of problem does, in words: mostly what its severity does."""

from __future__ import annotations

from converter.problems import HAPPENED, Kind, Said

#: kinds that are as severe as others, and do something else
_OTHERWISE = {
    "RESTORED_ASK": Said("сообщение ждёт вашего решения", "the message waits for you to decide"),
}


def happened(kind: Kind) -> Said:
    """The words for what it does."""
    return _OTHERWISE.get(kind.id, HAPPENED[kind.severity])

"""How a kind of problem is written down: its severity is the name of the function."""

from __future__ import annotations

from converter.problems import Kind, Said, Severity, Words

_Pair = tuple[str, str]


def _kind(
    severity: Severity, id: str, ru: _Pair, en: _Pair, why: _Pair, alone: _Pair | None = None
) -> Kind:
    return Kind(id, severity, Words(*ru), Words(*en), Said(*why), alone)


def reject(id: str, ru: _Pair, en: _Pair, why: _Pair) -> Kind:
    """The whole file is not taken."""
    return _kind(Severity.REJECT, id, ru, en, why)


def alarm(id: str, ru: _Pair, en: _Pair, why: _Pair) -> Kind:
    """The file is set aside and its base is left alone until a person has looked (SPEC §4)."""
    return _kind(Severity.ALARM, id, ru, en, why)


def hold(id: str, ru: _Pair, en: _Pair, why: _Pair, alone: _Pair | None = None) -> Kind:
    """One object is kept back; ``alone`` is the cure outside an exchange, where it is another."""
    return _kind(Severity.HOLD, id, ru, en, why, alone)


def warn(id: str, ru: _Pair, en: _Pair, why: _Pair) -> Kind:
    """Everything goes on."""
    return _kind(Severity.WARN, id, ru, en, why)


def usage(id: str, ru: _Pair, en: _Pair, why: _Pair) -> Kind:
    """The command cannot begin: it was called with what does not exist, exit status 2."""
    return _kind(Severity.USAGE, id, ru, en, why)


def settings(id: str, ru: _Pair, en: _Pair, why: _Pair) -> Kind:
    """The command cannot begin: wrong settings, exit status 2."""
    return _kind(Severity.SETTINGS, id, ru, en, why)


def surroundings(id: str, ru: _Pair, en: _Pair, why: _Pair) -> Kind:
    """The command cannot go on: folder, state or lock, exit status 3."""
    return _kind(Severity.SURROUNDINGS, id, ru, en, why)

"""How files of messages are called: ``Message_<from>_<to>.xml``, as 1C names them (SPEC §6).

1C looks for ``Message*_<from>_<to>.*`` and takes ``.xml`` and ``.zip``; between ``Message`` and the
sender the prefix of an infobase may stand (``Message_ЦБ_<GUID>_CRM.xml``). A base goes by its node
code or, after the greeting, by its GUID.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable

_SUFFIXES = frozenset({"xml", "zip"})
_START = "message"
#: the letters of passports of 1997–2010, with which 1C transliterates names of files
_LATIN = dict(zip("абвгдеёзийклмнопрстуфыэ", "abvgdeeziyklmnoprstufye", strict=True)) | {
    "ж": "zh",
    "х": "kh",
    "ц": "ts",
    "ч": "ch",
    "ш": "sh",
    "щ": "shch",
    "ъ": "",
    "ь": "",
    "ю": "yu",
    "я": "ya",
}


def written_name(sender: str, receiver: str, suffix: str, transliterate: bool) -> str:
    """The name of a message that we write; ``suffix`` is ``.xml`` or ``.zip``.

    What lies inside a zip has the same name with ``.xml``: 1C looks for just that.
    """
    if transliterate:
        sender, receiver = latin(sender), latin(receiver)
    return f"Message_{sender}_{receiver}{suffix}"


def is_message(name: str, senders: Iterable[str], receivers: Iterable[str]) -> bool:
    """Whether a file name is that of a message from one of the senders to one of the receivers.

    Each goes by several ids, written as they are or in Latin letters, in any case. Our own
    temporaries never match.
    """
    stem, _, suffix = _folded(name).rpartition(".")
    if suffix not in _SUFFIXES or not stem.startswith(_START):
        return False
    rest = stem.removeprefix(_START)
    ends = _forms(receivers)
    return any(rest.endswith(f"_{start}_{end}") for start in _forms(senders) for end in ends)


def latin(text: str) -> str:
    """Russian letters as 1C writes them in Latin ones; what is not Russian stays as it is."""
    return "".join(_letter(each) for each in unicodedata.normalize("NFC", text))


def _letter(letter: str) -> str:
    found = _LATIN.get(letter.lower())
    if found is None:
        return letter
    return found if letter == letter.lower() else found.title()


def _forms(ids: Iterable[str]) -> set[str]:
    return {form for each in ids if each for form in (_folded(each), _folded(latin(each))) if form}


def _folded(text: str) -> str:
    """One form for what file systems and people write in several."""
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())

"""Text from outside made fit to be shown in a line: what would not be seen, or would act, is spelt out."""

from __future__ import annotations

#: controls, marks that change the direction of writing or show nothing, ends of lines and pages
_ACTING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})
#: so much is shown of a text from outside
_LONGEST = 120


def visible(text: str) -> str:
    r"""The text in one line: a line end is ``\n``, another acting character ``\x1b`` or ``\u202e``."""
    if text.isprintable():  # as almost all is: no need to look at each character
        return text
    return "".join(_spelt(each) for each in text)


def short(text: str, longest: int = _LONGEST) -> str:
    """The text in one line, cut where somebody else made it long."""
    shown = visible(text)
    return shown if len(shown) <= longest else shown[: longest - 3] + "…"


def blanked(text: str) -> str:
    """The text in one line: a blank stands for what would not be seen, or would act."""
    return "".join(each if each.isprintable() else " " for each in text)


def _spelt(character: str) -> str:
    import unicodedata  # rarely needed

    if unicodedata.category(character) not in _ACTING:
        return character
    return character.encode("unicode_escape").decode("ascii")

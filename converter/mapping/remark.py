"""What BP has no field for, said to the accountant in words (SPEC §3, "Towards BP").

The permission to ship and the interest stand as one marked line, ``[CRM: …]``, at the end of the
comment, and as two additional properties. On the way back the mark is taken off again.
"""

from __future__ import annotations

import re

from converter.objects import Interest, Invoice, Property

MAY_SHIP = "CRM_ОтгрузкаРазрешена"
INTEREST = "CRM_Интерес"

#: the mark with the line break, or the blank that 1C made of it, before it
_MARK = re.compile(r"(?:^|[\n ])\[CRM(?:: [^\]\n]*)?\]")


def interest_text(interest: Interest) -> str:
    """«Номер Тема», and where there is neither, the reference."""
    words = " ".join(part for part in (interest.number, interest.subject) if part)
    return " ".join(words.split()) or interest.ref


def marked(invoice: Invoice) -> str | None:
    """The comment with the mark on a line of its own; without one where there is nothing to say.

    A comment that looks marked already gets an empty mark, which is what `unmarked` takes off.
    """
    said = []
    if invoice.may_ship is not None:
        said.append("отгрузка разрешена" if invoice.may_ship else "отгрузка не разрешена")
    if invoice.interest is not None:
        said.append(f"интерес: {interest_text(invoice.interest)}".replace("]", ")"))
    comment = invoice.comment
    if not said and (comment is None or _MARK.search(comment) is None):
        return comment
    mark = f"[CRM: {'; '.join(said)}]" if said else "[CRM]"
    return f"{comment}\n{mark}" if comment else mark


def unmarked(comment: str | None) -> str | None:
    """The comment without its last mark, what the accountant wrote around it included.

    An empty text means that nothing but the mark was there: the comment was cleared.
    """
    if comment is None:
        return None
    marks = list(_MARK.finditer(comment))
    return comment[: marks[-1].start()] + comment[marks[-1].end() :] if marks else comment


def properties(invoice: Invoice) -> tuple[Property, ...]:
    """The additional properties; BP drops those that are not marked as extra (BP.md)."""
    made = []
    if invoice.interest is not None:
        made.append(Property(INTEREST, interest_text(invoice.interest), None, True))
    if invoice.may_ship is not None:
        made.append(Property(MAY_SHIP, None, invoice.may_ship, True))
    return tuple(made)


def permission(properties: tuple[Property, ...]) -> bool | None:
    """The permission to ship as it came back; None where BP did not keep it."""
    return next((each.flag for each in properties if each.name == MAY_SHIP), None)

"""Commands that change the state: done once, and again from the archive (PROTOCOL R9)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from lxml import etree

from converter.exchange import restored, unlinked
from converter.exchange.from_bp import FromBp
from converter.exchange.from_crm import FromCrm
from converter.exchange.holding import drop_held
from converter.exchange.session import Session
from converter.formats import bp, dialect_of
from converter.state import codec
from converter.state.held import JUDGE, WRITE, Held


def do_command(session: Session, command: dict[str, Any]) -> None:
    """Do a command, now or once more from the archive."""
    if command["name"] == "retry":
        retry(session, tuple(command["keys"]))
    elif command["name"] == "restored":
        restored.begin(
            session, command["side"], command["sent"], command["received"], command["agreed"]
        )
    elif command["name"] == "agreed":
        restored.agree(session, command["side"])
    elif command["name"] == "link":
        unlinked.link(session, command["operation"], command["invoice"], Decimal(command["sum"]))
    elif command["name"] == "unlink":
        unlinked.unlink(session, command["operation"])


def retry(session: Session, keys: tuple[str, ...]) -> None:
    """Try held objects again, all of them or those of these keys."""
    for held in session.held.all():
        if not keys or held.key in keys:
            retry_one(session, held)


def retry_one(session: Session, held: Held) -> None:
    """Try a held object again."""
    side, kind, ref = held.side, held.kind, held.ref
    session.changed = True
    if held.stage == WRITE:
        drop_held(session, side, kind, ref, "released")
        return
    if held.stage == JUDGE:
        session.judge_again(ref)
        return
    element = etree.fromstring(held.raw, _parser())
    taker = _taker(session, held, element)
    if taker is None:
        return
    if kind == codec.OPERATION:
        taker.take(element, retried=True)
        return
    if taker.take(element, base=held.base, retried=True):
        drop_held(session, side, kind, ref, "released")


def _taker(session: Session, held: Held, element: etree._Element) -> FromCrm | FromBp | None:
    """None: the CRM speaks another format by now, and what is held waits for its next version."""
    if held.side == "bp":
        return FromBp(session, bp(held.version))
    dialect = dialect_of(etree.QName(element).namespace or "")
    if dialect is not None and dialect.side != session.crm.dialect.side:
        return None
    crm = session.crm if dialect is None else session.crm.at(dialect.version)
    return FromCrm(session, crm, held.ref)


def _parser() -> etree.XMLParser[Any]:
    return etree.XMLParser(resolve_entities=False, load_dtd=False, no_network=True, huge_tree=False)

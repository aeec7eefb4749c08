"""What is compared with what: the jobs of each direction, as commands."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from bench.environment import HERE
from bench.measure import Command

ROOT = HERE.parent
SCHEMAS = ROOT / "schemas"
CRM_XSD = str(SCHEMAS / "crm-1.0" / "Body.xsd")
BP_XSD = str(SCHEMAS / "enterprisedata-1.19" / "Body.xsd")
#: where the official schemas are, when they lie beside the checkout as for the tests
OFFICIAL = ROOT.parent / "shared" / "enterprisedata" / "xsd"

FLOOR = "floor by our schemas"
OFFICIAL_FLOOR = "floor, BP's side by the official schema"
US = "converter convert"


class Peer(NamedTuple):
    """A peer: the largest message that it gets, the package or program it needs, what it writes."""

    name: str
    most: int
    needs: str
    commands: Sequence[Command]
    out: Path


def official(version: str) -> str | None:
    """The official schema of a version, where it is at hand."""
    return next((str(path) for path in (OFFICIAL / version).glob("EnterpriseData*.xsd")), None)


def floor(*pairs: str) -> Command:
    """The floor's command over pairs of a schema and a message."""
    return [sys.executable, "-m", "bench.floor", *pairs]


def convert(source: Path, side: str, out: Path, *more: str) -> Command:
    """Our command."""
    words = ["convert", str(source), "--to", side, "-o", str(out), "--quiet", *more]
    return [sys.executable, "-m", "converter", *words]


def floor_name(side: str) -> str:
    """The floor that is strictest of those at hand, towards a side."""
    if side == "bp":
        return OFFICIAL_FLOOR if official("1.19") else FLOOR
    return OFFICIAL_FLOOR if official("1.20") else "floor, the input only parsed"


def floor_of(side: str, source: Path, out: Path) -> tuple[str, ...]:
    """Pairs of schema and message of that floor."""
    if side == "bp":
        return CRM_XSD, str(source), official("1.19") or BP_XSD, str(out)
    return official("1.20") or "-", str(source), CRM_XSD, str(out)


def floors_to_bp(source: Path, out: Path) -> dict[str, Sequence[Command]]:
    """The floors of CRM → BP."""
    jobs = {FLOOR: [floor(CRM_XSD, str(source), BP_XSD, str(out))]}
    if official("1.19"):
        jobs[OFFICIAL_FLOOR] = [floor(*floor_of("bp", source, out))]
    return dict(jobs)


def floors_to_crm(source: Path, out: Path) -> dict[str, Sequence[Command]]:
    """The floor of BP → CRM: BP's messages hold more than our schemas know, and a message of its is
    judged by the official one, or where that is not at hand, only parsed."""
    return {floor_name("crm"): [floor(*floor_of("crm", source, out))]}


def peers(python: Path, source: Path, folder: Path) -> list[Peer]:
    """Everybody else's way from the CRM to BP."""
    stylesheet = str(HERE / "peers" / "invoices.xsl")
    by_xslt, by_saxon, by_xsdata, by_xmlschema = (
        folder / f"by-{name}.xml" for name in ("xsltproc", "saxon", "xsdata", "xmlschema")
    )
    xslt: Command = ["xsltproc", "-o", str(by_xslt), stylesheet, str(source)]
    saxon = _script(python, "saxon", stylesheet, str(source), str(by_saxon))
    before = floor(CRM_XSD, str(source))
    schemas = (CRM_XSD, BP_XSD, str(source))
    xsdata = _script(python, "by_xsdata", *schemas, str(by_xsdata))
    xmlschema = _script(python, "by_xmlschema", *schemas, str(by_xmlschema))
    xslt_whole = [before, xslt, floor(BP_XSD, str(by_xslt))]
    saxon_whole = [before, saxon, floor(BP_XSD, str(by_saxon))]
    xsdata_whole = [before, xsdata, floor(BP_XSD, str(by_xsdata))]
    return [
        Peer("xsltproc, mapping only", 10_000, "xsltproc", [xslt], by_xslt),
        Peer("judge, xsltproc, judge", 10_000, "xsltproc", xslt_whole, by_xslt),
        Peer("Saxon, mapping only", 10_000, "saxonche", [saxon], by_saxon),
        Peer("judge, Saxon, judge", 10_000, "saxonche", saxon_whole, by_saxon),
        Peer("xsdata dataclasses, mapping only", 10_000, "xsdata", [xsdata], by_xsdata),
        Peer("judge, xsdata, judge", 10_000, "xsdata", xsdata_whole, by_xsdata),
        Peer("xmlschema, decode and encode", 1_000, "xmlschema", [xmlschema], by_xmlschema),
    ]


def _script(python: Path, name: str, *words: str) -> Command:
    return [str(python), str(HERE / "peers" / f"{name}.py"), *words]

"""What stands in the folders before the pass that is disturbed, and copies of it for every try."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

from tests import messages
from tests.conftest import ROOT
from tests.faults.hooks import SETTINGS
from tests.faults.killer import Launcher

SAMPLES = ROOT / "samples"
REFUSED = "Message_X_CRM_BP.xml"
TORN = "Message_Y_BP_CRM.xml"


def empty(where: Path, settings: str = SETTINGS) -> Path:
    """A link that has never had a pass."""
    for side in ("crm", "bp"):
        (where / side).mkdir(parents=True)
    (where / "exchange.toml").write_text(settings, "utf-8")
    return where


def put(path: Path, text: str | bytes) -> Path:
    """A file that appears whole, as another program would leave it."""
    data = text.encode() if isinstance(text, str) else text
    made = path.with_name(f".{path.name}.made")
    made.write_bytes(data)
    made.replace(path)
    return path


def rich(where: Path, launcher: Launcher) -> Path:
    """Both bases have written, and each folder holds a file besides that is refused."""
    empty(where)
    put(where / "crm/Message_CRM_BP.xml", (SAMPLES / "crm-invoices.xml").read_bytes())
    assert launcher.run(where).status == 0
    put(where / "crm/Message_CRM_BP.xml", crm(2, received=1))
    put(where / "bp/Message_BP_CRM.xml", (SAMPLES / "bp-answers-1.20.xml").read_bytes())
    put(where / "crm" / REFUSED, crm(3, to="XX"))
    torn = (SAMPLES / "bp-answers-1.8.xml").read_bytes()[:5000]
    put(where / "bp" / TORN, torn.replace(b"MessageNo>1<", b"MessageNo>3<"))
    return where


def alarm(where: Path, launcher: Launcher) -> Path:
    """The CRM has written another message under a number that was taken; BP has a new one."""
    empty(where)
    put(where / "crm/Message_CRM_BP.xml", (SAMPLES / "crm-invoices.xml").read_bytes())
    assert launcher.run(where).status == 0
    put(where / "crm/Message_CRM_BP.xml", crm(1))
    put(where / "bp/Message_BP_CRM.xml", (SAMPLES / "bp-answers-1.20.xml").read_bytes())
    return where


def to_zip(where: Path, launcher: Launcher) -> Path:
    """The CRM goes over from xml to zip, so our file for it changes its name."""
    import zipfile

    empty(where)
    put(where / "crm/Message_CRM_BP.xml", crm(1))
    assert launcher.run(where).status == 0
    (where / "crm/Message_CRM_BP.xml").unlink()
    made = where / "crm/.made"
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("Message_CRM_BP.xml", crm(2, received=1, number="СЧ-2"))
    made.replace(where / "crm/Message_CRM_BP.zip")
    return where


def crm(
    own: int,
    received: int = 0,
    to: str = "BP",
    sender: str = "CRM",
    ref: int = 0,
    **invoice: str,
) -> str:
    """A message of the CRM's with one invoice; ``own`` is its number, a later one created later."""
    created = f"2026-03-{1 + own // 1440:02}T{own // 60 % 24:02}:{own % 60:02}:00"
    head = messages.header(
        message_no=own, received_no=received, to=to, sender=sender, created=created
    )
    fields: dict[str, str] = {"number": f"СЧ-{own}", **invoice}
    made = messages.crm_invoice(messages.guid(1000 + (ref or own)), **fields)
    return messages.crm_message(made, head=head)


def copy(source: Path, target: Path) -> Path:
    """The scene once more. Messages are the same files, so that their stamps are the same; what is
    written in place is copied."""
    shutil.copytree(source, target, copy_function=_same_or_copy, symlinks=True)
    return target


def _same_or_copy(source: str, target: str) -> None:
    if re.search(r"\.(xml|zip|json|txt)$", source):
        os.link(source, target)
    else:
        shutil.copy2(source, target)

"""Pictures of the report for docs/report.md: ``python scripts/screenshots.py``; needs Chromium.

The office on them is made up (`tests.report.office`), and its clock stands still, so that a picture
changes only when the page does.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import timedelta, timezone
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
sys.path.insert(0, str(ROOT))

from converter.report.page import page  # noqa: E402
from converter.report.words import Words  # noqa: E402
from tests.report.browser import CHROMIUM, Browser, browser  # noqa: E402
from tests.report.conftest import facts_of, filled  # noqa: E402
from tests.report.office import usual  # noqa: E402

MOSCOW = timezone(timedelta(hours=3))


class Shot(NamedTuple):
    """A picture: in which language, how large, from which part of the page on."""

    name: str
    lang: str
    width: int
    height: int
    place: str = ""
    dark: bool = False


SHOTS = (
    Shot("report-desk", "en", 1280, 1100),
    Shot("report-clients", "en", 1280, 900, "clients"),
    Shot("report-exchange", "en", 1280, 900, "exchange", dark=True),
    Shot("report-phone", "ru", 390, 844),
    Shot("report-phone-clients", "ru", 390, 844, "clients"),
)


def main() -> None:
    """Make them all anew."""
    if CHROMIUM is None:
        sys.exit("no Chromium here")
    IMAGES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made, browser(Path(made) / "profile") as tab:
        facts = facts_of(filled(Path(made), usual))
        for lang in ("ru", "en"):
            path = Path(made) / f"{lang}.html"
            path.write_bytes(b"".join(page(facts, Words(lang, MOSCOW))))
        for shot in SHOTS:
            take(tab, shot, (Path(made) / f"{shot.lang}.html").as_uri())
            print(f"docs/images/{shot.name}.png")


def take(tab: Browser, shot: Shot, address: str) -> None:
    """One picture."""
    tab.size(shot.width, shot.height, dark=shot.dark)
    tab.open(address)
    if shot.place:
        tab.run("document.documentElement.style.scrollBehavior = 'auto'")
        tab.run(f"document.getElementById({shot.place!r}).scrollIntoView(), scrollBy(0, -24)")
        tab.run("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    tab.picture(IMAGES / f"{shot.name}.png")


if __name__ == "__main__":
    main()

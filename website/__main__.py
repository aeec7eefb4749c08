"""``python -m website [FOLDER]``: build the site in both languages and check it."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from sphinx.cmd.build import build_main

from website.checking import faults
from website.pages import LANGS
from website.staging import stage

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent


def build(target: Path) -> int:
    """Write the site; 0, or what Sphinx answered, or 1 where a check found something."""
    shutil.rmtree(target, ignore_errors=True)
    work = target.with_name(f"{target.name}-work")
    for lang in LANGS:
        source = work / lang
        files = stage(ROOT, lang, source)
        options = [
            "-q",
            "-W",
            "--keep-going",
            "-j",
            "auto",
            "-c",
            str(HERE),
            "-D",
            f"language={lang}",
        ]
        status: int = build_main(
            [*options, "-d", str(work / f"{lang}-trees"), str(source), str(target / lang)]
        )
        if status:
            return status
        for file in files:
            copy = target / "files" / file.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, copy)
    shutil.copyfile(HERE / "front.html", target / "index.html")
    found = faults(target)
    for fault in found:
        print(f"{fault.page}: {fault.what}", file=sys.stderr)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(build(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "build" / "site"))

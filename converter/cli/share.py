"""``python -m converter.cli.share FOLDER`` writes what an installation has beside the program.

Manual pages of the language of the run (``--lang``), and the files with which shells complete.
"""

from __future__ import annotations

import sys
from pathlib import Path

from converter.cli import root
from converter.cli.completion import script
from converter.cli.manual import pages
from converter.cli.words import LANG

_MANUALS = {"en": "man/man1", "ru": "man/ru/man1"}

_COMPLETIONS = {
    "bash": "bash-completion/completions/converter",
    "zsh": "zsh/site-functions/_converter",
    "fish": "fish/vendor_completions.d/converter.fish",
    "powershell": "powershell/converter.ps1",
}


def files() -> dict[str, str]:
    """The path and the text of every file, in the language of this run."""
    found = {f"{_MANUALS[LANG]}/{name}": text for name, text in pages(root)}
    return found | {path: script(shell).strip() + "\n" for shell, path in _COMPLETIONS.items()}


def main(folder: Path) -> None:
    """Write every file below the folder."""
    for name, text in files().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main(Path(sys.argv[-1]))

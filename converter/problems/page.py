"""``python -m converter.problems.page`` prints docs/problems.md, made from the catalogue."""

from __future__ import annotations

import sys

from converter.problems import Severity, Words
from converter.problems.catalogue import kinds

_HEADINGS = {
    Severity.REJECT: "The file is rejected",
    Severity.ALARM: "The base is left alone",
    Severity.HOLD: "The object is held",
    Severity.WARN: "A warning",
    Severity.USAGE: "The call is wrong (exit status 2)",
    Severity.SETTINGS: "The settings are wrong (exit status 2)",
    Severity.SURROUNDINGS: "The surroundings fail (exit status 3)",
}


def page() -> str:
    """The page of all problems: id, what, what to do, why that severe; English and Russian."""
    lines = [
        "# Problems and their cures",
        "",
        "Made from `converter/problems/catalogue/`; change that. In braces stands what differs.",
        "`converter problem ID` says the same of one of them, step by step.",
        "",
    ]
    for severity, heading in _HEADINGS.items():
        lines += [f"## {heading}", ""]
        for kind in kinds():
            if kind.severity is severity:
                lines += [f"### {kind.id}", "", _words(kind.en), "", f"*{kind.why.en}*", ""]
                lines += [_words(kind.ru), "", f"*{kind.why.ru}*", ""]
                if kind.alone is not None:
                    ru, en = kind.alone
                    lines += [f"In a single file (`convert`, `validate`): → {en}.", ""]
                    lines += [f"Для отдельного файла (`convert`, `validate`): → {ru}.", ""]
    return "\n".join(lines)


def _words(words: Words) -> str:
    text = f"{words.what[0].upper()}{words.what[1:]}. → {words.cure[0].upper()}{words.cure[1:]}."
    return text.replace("<", "&lt;")


if __name__ == "__main__":
    sys.stdout.reconfigure(encoding="utf-8", newline="\n")  # type: ignore[union-attr]
    sys.stdout.write(page())

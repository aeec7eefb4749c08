"""Settings files for tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from converter.problems import Problem, Severity, Stopped
from converter.settings import Settings, load

SMALLEST = """\
[[link]]
name = "main"

[link.crm]
code = "CRM"
folder = "exchange/crm"

[link.bp]
code = "BP"
folder = "exchange/bp"
"""


def link(
    name: str = "main",
    crm: str = "exchange/crm",
    bp: str = "exchange/bp",
    codes: tuple[str, str] = ("CRM", "BP"),
    more: str = "",
) -> str:
    """One link as text, seven lines where ``more`` is empty."""
    return (
        f"[[link]]\nname = '{name}'\n{more}"
        f"crm.code = '{codes[0]}'\ncrm.folder = '{crm}'\n"
        f"bp.code = '{codes[1]}'\nbp.folder = '{bp}'\n\n"
    )


def settings(folder: Path, text: str | bytes) -> Settings:
    """The settings of a file with that text."""
    path = folder / "exchange.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return load(path)


def stopped(folder: Path, text: str | bytes) -> Problem:
    """Why a file with that text is refused: always settings, always with its file."""
    with pytest.raises(Stopped) as refusal:
        settings(folder, text)
    problem = refusal.value.problem
    assert problem.kind.severity is Severity.SETTINGS
    assert problem.where.file == str(folder / "exchange.toml")
    for lang in ("ru", "en"):  # every detail that the words name is there
        assert problem.what(lang)
        assert problem.cure(lang)
    return problem

"""The style sheet: contrast is enough in light, in the dark and on paper; nothing from outside."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import converter.report

CSS = (Path(converter.report.__file__).parent / "style.css").read_text("utf-8")
ENOUGH = 4.5
#: every pair of text and what it stands on
PAIRS = [
    *((text, paper) for text in ("ink", "quiet", "accent", "bad", "hold") for paper in ("paper", "card")),
    ("ink", "hold-paper"), ("quiet", "hold-paper"), ("accent", "hold-paper"),
    ("bad", "hold-paper"), ("hold", "hold-paper"),
    ("bad", "bad-paper"), ("tie", "tie-paper"),
]  # fmt: skip


def colours(block: str) -> dict[str, str]:
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block))


def themes() -> dict[str, dict[str, str]]:
    roots = re.findall(r":root \{(.*?)\}", CSS, re.DOTALL)
    light, dark, paper = map(colours, roots)
    return {"light": light, "dark": light | dark, "print": light | paper}


def luminance(colour: str) -> float:
    """Relative luminance as WCAG has it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
@pytest.mark.parametrize(("text", "paper"), PAIRS)
def test_text_stands_out(theme: str, text: str, paper: str) -> None:
    known = themes()[theme]
    assert contrast(known[text], known[paper]) >= ENOUGH


@pytest.mark.parametrize("theme", ["light", "dark", "print"])
def test_bars_and_lines_stand_out_as_drawings_must(theme: str) -> None:
    known = themes()[theme]
    for name in ("accent", "second", "quiet"):
        assert contrast(known[name], known["paper"]) >= 3


def test_every_colour_has_a_name() -> None:
    outside = re.sub(r":root \{.*?\}", "", CSS, flags=re.DOTALL)
    assert re.findall(r"#[0-9a-f]{3,8}\b|rgba?\(|hsl", outside) == []
    used = set(re.findall(r"var\(--([a-z-]+)\)", outside))
    assert used <= set(themes()["light"])


def test_nothing_is_fetched() -> None:
    assert "url(" not in CSS
    assert "@import" not in CSS
    assert "@font-face" not in CSS

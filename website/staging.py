"""The sources of the site in one language, as Sphinx wants them, made from the documents."""

from __future__ import annotations

import shutil
from pathlib import Path

from converter.problems import Said
from website import problems
from website.links import Links
from website.pages import INDEX, PROBLEMS, documents, sections

_ENGLISH_ONLY = Said("Эта страница есть только на английском.", "")


def stage(root: Path, lang: str, target: Path) -> set[Path]:
    """Write the pages of a language below ``target``; the files that they link to are returned."""
    shutil.rmtree(target, ignore_errors=True)
    pages = documents(root)
    links = Links(root, pages, lang)
    (target / PROBLEMS).mkdir(parents=True)
    for name, each in pages.items():
        document = each[lang]
        text = links.rewritten(document.path.read_text(encoding="utf-8"), document.path)
        if document.lang != lang:
            heading, _, rest = text.partition("\n")
            text = f"{heading}\n\n*{_ENGLISH_ONLY.to(lang)}*\n{rest}"
        if name == INDEX:
            text += _contents(sections(pages, lang))
        if name != PROBLEMS:
            (target / f"{name}.md").write_text(text, encoding="utf-8")
    for name, text in problems.pages(lang):
        (target / PROBLEMS / f"{name}.md").write_text(text, encoding="utf-8")
    for folder in (root / "docs").iterdir():
        if folder.is_dir():  # what the pages show
            shutil.copytree(folder, target / folder.name)
    # Sphinx compiles them where they lie, which is not to be among the sources
    shutil.copytree(Path(__file__).with_name("locales"), target / "locales")
    return links.files


def _contents(found: list[tuple[str, list[str]]]) -> str:
    lines = []
    for title, names in found:
        pages = [f"{each}/index" if each == PROBLEMS else each for each in names]
        lines += ["", "```{toctree}", ":hidden:", f":caption: {title}", "", *pages, "```"]
    return "\n".join(lines) + "\n"

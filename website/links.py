"""Links of a document as links of the site: to pages, to the other language, to files."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from urllib.parse import quote, unquote

from website.pages import PROBLEMS, Document

_FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
_SPAN_OR_LINK = re.compile(r"(`+[^`]+`+(?!\]\())|(!?)\[([^\]]*)\]\(([^)\s]+)\)")


class Links:
    """Rewrites the links of the documents of one language.

    What is no document is remembered in `files`, to be copied beside the pages.
    """

    def __init__(self, root: Path, pages: Mapping[str, Mapping[str, Document]], lang: str) -> None:
        self._root = root
        self._pages = pages
        self._lang = lang
        self._names = {
            document.path: (name, document.lang)
            for name, each in pages.items()
            for document in each.values()
        }
        self.files: set[Path] = set()

    def rewritten(self, text: str, here: Path) -> str:
        """A document's text with its links as the site has them; code is left alone."""
        parts, end = [], 0
        for fence in [*_FENCE.finditer(text), None]:
            part = text[end : fence.start() if fence else len(text)]
            parts.append(_SPAN_OR_LINK.sub(lambda found: self._one(found, here), part))
            if fence:
                parts.append(fence[0])
                end = fence.end()
        return "".join(parts)

    def _one(self, found: re.Match[str], here: Path) -> str:
        code, image, words, target = found.groups()
        if code is not None or "://" in target or target.startswith(("#", "mailto:")):
            return found[0]
        path, _, anchor = unquote(target).partition("#")
        anchor = f"#{anchor}" if anchor else ""
        file = Path(os.path.normpath(here.parent / path))
        if image:  # the folders of docs/ stand beside the pages
            return f"![{words}](<{file.relative_to(self._root / 'docs').as_posix()}>)"
        if file not in self._names:
            self.files.add(file)
            inside = PurePosixPath(file.relative_to(self._root).as_posix())
            return f'<a href="../files/{quote(str(inside))}">{words}</a>'
        name, lang = self._names[file]
        if words in (path, path.rpartition("/")[2]):  # a path says little to who reads a site
            words = _title(self._pages[name][self._lang].path)
        if lang != self._lang and self._pages[name][self._lang].lang == self._lang:
            return f'<a href="../{lang}/{name}.html{quote(anchor, safe="#")}">{words}</a>'
        if name == PROBLEMS:  # a heading there is a page here
            return f"[{words}](<{name}/{anchor[1:].upper() or 'index'}.md>)"
        return f"[{words}](<{name}.md{anchor}>)"


def _title(path: Path) -> str:
    """The heading of a document."""
    with path.open(encoding="utf-8") as file:
        return file.readline().removeprefix("# ").strip()

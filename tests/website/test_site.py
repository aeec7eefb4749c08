"""The whole site, where Sphinx is: in the environment of `make site`, or in this one."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from converter.problems.catalogue import kinds
from tests.conftest import ROOT

DOCS = ROOT / ".venv-docs" / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built site; a warning of Sphinx or a finding of the check fails here."""
    if (ROOT / ".venv-docs" / "made-from").exists():  # made whole
        python = str(DOCS)
    elif find_spec("furo") and find_spec("myst_parser"):
        python = sys.executable
    else:
        pytest.skip("Sphinx, furo and myst-parser are not here: make site installs them")
    target = tmp_path_factory.mktemp("site") / "site"
    command = [python, "-m", "website", str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    return target


@pytest.mark.parametrize(("lang", "words"), [("en", "What to do"), ("ru", "Что делать")])
def test_every_problem_has_a_page_that_says_what_to_do(site: Path, lang: str, words: str) -> None:
    listed = (site / lang / "problems" / "index.html").read_text(encoding="utf-8")
    for kind in kinds():
        assert f'href="{kind.id}.html"' in listed
        assert words in (site / lang / "problems" / f"{kind.id}.html").read_text(encoding="utf-8")


def test_every_document_is_there_in_both_languages(site: Path) -> None:
    for path in (ROOT / "docs").glob("*.md"):
        name = path.stem.partition(".")[0].replace("problems", "problems/index")
        for lang in ("en", "ru"):
            page = (site / lang / f"{name}.html").read_text(encoding="utf-8")
            assert f'<html class="no-js" lang="{lang}"' in page
            assert re.search(r'class="language"><a href="[./]+/(en|ru)/', page)


def test_the_theme_speaks_the_language_of_the_page(site: Path) -> None:
    page = (site / "ru" / "install.html").read_text(encoding="utf-8")
    assert "На этой странице" in page and "On this page" not in page


def test_it_can_be_searched_without_a_server(site: Path) -> None:
    index = (site / "ru" / "searchindex.js").read_text(encoding="utf-8")
    found = json.loads(index.partition("(")[2].rpartition(")")[0])
    assert "VAT_NOT_IN_VERSION".lower() in " ".join(found["titleterms"]).lower()
    assert any(re.fullmatch("[а-яё]+", term) for term in found["terms"])

"""Two links, two sides or two folders that would take each other's files (SPEC §6, §8)."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from tests.settings.files import link, settings, stopped

A, B, C, D = "ex/a", "ex/b", "ex/c", "ex/d"


@pytest.mark.parametrize(
    ("text", "field", "line", "other"),
    [
        (link(crm=A, bp=A), "link[1].bp.folder", 6, "link[1].crm.folder, line 4"),
        (link("x", A, B) + link("y", C, A), "link[2].bp.folder", 13, "link[1].crm.folder, line 4"),
        (link("x", A, B) + link("y", B, C), "link[2].crm.folder", 11, "link[1].bp.folder, line 6"),
        (link(crm=A, bp="ex/./q/../a"), "link[1].bp.folder", 6, "link[1].crm.folder"),
        (link(crm=A, bp="EX/A"), "link[1].bp.folder", 6, "link[1].crm.folder"),
        (link(crm="ex/й", bp="ex/и\u0306"), "link[1].bp.folder", 6, "link[1].crm.folder"),
        (link(crm=A, bp=f"{A}/archive"), "link[1].bp.folder", 6, "link[1].crm.folder"),
        (link(crm=A, bp=f"{A}/Rejected/bp"), "link[1].bp.folder", 6, "link[1].crm.folder"),
        (link(crm=f"{A}/archive", bp=A), "link[1].crm.folder", 4, "link[1].bp.folder, line 6"),
        (link(crm=A, bp=B, more=f"archive = '{A}'\n"), "link[1].archive", 3, "link[1].crm.folder, line 5"),
        (link(crm=A, bp=B, more=f"archive = '{A}/rejected'\n"), "link[1].archive", 3, "link[1].crm.folder"),
        (link(crm=A, bp=f"{C}/bp", more=f"archive = '{C}'\n"), "link[1].bp.folder", 7, "link[1].archive, line 3"),
        (link("x", A, B, more="archive = 'c'\n") + link("y", C, D, more="archive = 'c'\n"), "link[2].archive", 11, "link[1].archive, line 3"),
        (link("x", A, B, more="archive = 'c'\n") + link("y", C, D, more="archive = 'c/y'\n"), "link[2].archive", 11, "link[1].archive, line 3"),
        (link("x", A, B) + link("y", C, D, more=f"archive = '{A}/archive/y'\n"), "link[2].archive", 10, "link[1].crm.folder"),
        (link("x", A, B) + link("x", C, D), "link[2].name", 9, "link[1].name, line 2"),
        (link("Юг", A, B) + link("юг", C, D), "link[2].name", 9, "link[1].name, line 2"),
        (link(codes=("BP", "BP")), "link[1].bp.code", 5, "link[1].crm.code, line 3"),
        (link(codes=("bp", "BP")), "link[1].bp.code", 5, "link[1].crm.code, line 3"),
        (link(codes=("A", "A_A")), "link[1].bp.code", 5, "link[1].crm.code, line 3"),
        (link(codes=("ВР", "BP")), "link[1].bp.code", 5, "link[1].crm.code, line 3"),
        (link(codes=("вр", "BP")), "link[1].bp.code", 5, "link[1].crm.code, line 3"),
        (link(codes=("НФ", "NF")), "link[1].bp.code", 5, "link[1].crm.code, line 3"),
        (link(codes=("Цб", "tsb")), "link[1].bp.code", 5, "link[1].crm.code, line 3"),
        (link(codes=("С", "C_C")), "link[1].bp.code", 5, "link[1].crm.code, line 3"),
        (link("СРМ", A, B) + link("cpm", C, D), "link[2].name", 9, "link[1].name, line 2"),
        (link(crm="ex/сор", bp="ex/cop"), "link[1].bp.folder", 6, "link[1].crm.folder, line 4"),
    ],
)  # fmt: skip
def test_what_clashes_is_named_with_both_places(
    text: str, field: str, line: int, other: str, tmp_path: Path
) -> None:
    problem = stopped(tmp_path, text)
    assert problem.kind.id == "SETTING_CLASH"
    assert (problem.where.field, problem.where.line) == (field, line)
    assert other in problem.what("en")


@pytest.mark.parametrize(
    "text",
    [
        link("x", A, B) + link("y", C, D),
        link("x", A, B) + link("y", C, D, codes=("CRM", "BP")),
        link(crm="ex", bp="ex/bp"),
        link(crm=".", bp="bp"),
        link(crm=A, bp=f"{A}chive"),
        link(crm=A, bp=f"{A}/archive2"),
        link(crm=A, bp=B, more=f"archive = '{A}/archive'\n"),
        link(crm=A, bp=B, more="archive = 'ex'\n").replace("ex/", "in/"),
        link("x", A, B, more="archive = 'c/x'\n") + link("y", C, D, more="archive = 'c/y'\n"),
        link(codes=("A", "A_B")),
        link(codes=("A_B", "B_A")),
        link(codes=("ЦБ", "БЦ")),
        link(codes=("НФ", "ДЗ")),
        link(codes=("CRM", "БП")),
        link("Юг", A, B) + link("Юг-2", C, D),
        link("A", A, B) + link("B", C, D, codes=("А", "B")),
    ],
)
def test_what_only_looks_alike_is_taken(text: str, tmp_path: Path) -> None:
    assert settings(tmp_path, text).link


def test_a_thousand_links_are_compared_in_seconds(tmp_path: Path) -> None:
    """Not each folder with each other: that took a minute, and each process of `sync` has to wait."""
    text = "".join(link(f"x{n}", f"ex/{n}/crm", f"ex/{n}/bp") for n in range(1000))
    began = time.process_time()
    assert len(settings(tmp_path, text).link) == 1000
    assert time.process_time() - began < 10


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_one_folder_under_two_names_is_one_folder(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "linked").symlink_to("real")
    assert stopped(tmp_path, link(crm="real", bp="linked")).kind.id == "SETTING_CLASH"
    assert stopped(tmp_path, link(crm="real", bp="linked/archive")).kind.id == "SETTING_CLASH"


@pytest.mark.skipif(os.name == "nt", reason="links need a right of their own there")
def test_a_folder_that_leads_to_itself_is_no_traceback(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    assert settings(tmp_path, link(crm="loop", bp="bp")).link

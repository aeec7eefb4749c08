"""Tables for people: nothing of a row is lost, however narrow the terminal is."""

from __future__ import annotations

import io
import sys

import pytest

from converter.cli.tables import Column, print_table

COLUMNS = [Column("Invoice"), Column("Client"), Column("Sum", True), Column("Paid", True)]
ROW = ("СЧ-00000042", "ООО «Ромашка и партнёры»", "1130000.00", "30000.00")


class Terminal(io.StringIO):
    """What is written to it is shown at once."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize("width", [20, 40, 47, 60, 100])
def test_every_column_is_there_on_a_narrow_terminal(
    width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", str(width))
    print_table(COLUMNS, [ROW, ROW])
    said = terminal.getvalue()
    for title in ("Invoice", "Client", "Sum", "Paid"):
        assert said.count(title) == 1
    assert said.count("1130000.00") == 2
    assert said.replace("1130000.00", "").count("30000.00") == 2
    assert said.count("СЧ-00000042") == 2


def test_a_wide_terminal_has_a_table_that_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)
    monkeypatch.setenv("COLUMNS", "100")
    print_table(COLUMNS, [ROW])
    assert "───" in terminal.getvalue()

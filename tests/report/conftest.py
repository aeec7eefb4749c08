"""An office on an ordinary day, and the page that tells of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from lxml import etree
from sqlalchemy import Connection

from converter.report.facts import Facts, collect
from converter.report.page import page
from converter.report.words import Words
from converter.settings import load
from converter.state.opening import open_state
from tests.report.office import NOW, Office, settings_in, usual

Fill = Callable[[Connection], Any]


def filled(folder: Path, fill: Fill) -> Path:
    """A link in a folder with a filled state; returns the path of its settings."""
    path = settings_in(folder)
    state = open_state(load(path).state, list, NOW)
    try:
        with state.begin() as connection:
            fill(connection)
    finally:
        state.close()
    return path


def facts_of(settings: Path, since: datetime | None = None) -> Facts:
    """What a page tells, as of `NOW`."""
    loaded = load(settings)
    state = open_state(loaded.state, list, NOW)
    try:
        with state.read() as connection:
            return collect(connection, loaded.link, NOW, since)
    finally:
        state.close()


def html(facts: Facts, lang: str = "en", **more: bool) -> str:
    """The page, its clock in UTC."""
    return b"".join(page(facts, Words(lang, UTC), **more)).decode()


def tree(text: str) -> etree._Element:
    """A page as XML: it must be well-formed."""
    parser = etree.XMLParser(resolve_entities=False, huge_tree=True, no_network=True)
    return etree.fromstring(text.encode(), parser)


def words_in(element: etree._Element) -> str:
    """The text of an element, blanks made one."""
    return " ".join(" ".join(element.itertext()).split())


@contextmanager
def office(folder: Path) -> Iterator[Office]:
    """An empty office to be filled; its settings are ``folder/exchange.toml``."""
    state = open_state(load(settings_in(folder)).state, list, NOW)
    try:
        with state.begin() as connection:
            yield Office(connection)
    finally:
        state.close()


@pytest.fixture(scope="session")
def ordinary(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The settings of an ordinary office."""
    return filled(tmp_path_factory.mktemp("ordinary"), usual)


@pytest.fixture(scope="session")
def facts(ordinary: Path) -> Facts:
    """What its page tells."""
    return facts_of(ordinary)

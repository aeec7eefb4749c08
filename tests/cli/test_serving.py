"""``converter watch --serve``: the page and the figures while it runs, and its end."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import pytest

from tests.conftest import ROOT, Run, environment
from tests.messages import crm_invoice
from tests.serving.prometheus import read
from tests.state.links import Linked

pytestmark = pytest.mark.skipif(os.name == "nt", reason="Windows has no such signals")


@contextmanager
def watching(linked: Linked, address: str, *more: str) -> Iterator[tuple[str, IO[str]]]:
    """A watch that serves; gives its page's address, and what it says after that."""
    arguments = ["watch", "--serve", address, "-c", str(linked.config), *more]
    process = subprocess.Popen(
        [sys.executable, "-m", "converter", *arguments],
        cwd=ROOT,
        env=environment(),
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )
    assert process.stderr is not None
    try:
        found = None
        while found is None:
            line = process.stderr.readline()
            assert line, "it ended"
            found = re.search(r"page: (http://\S+/)$", line.rstrip("\n"))
        yield found[1], process.stderr
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(60) == 0
        process.stderr.close()


def got(address: str) -> str:
    with urllib.request.urlopen(address, timeout=30) as answer:
        text: str = answer.read().decode()
        return text


def test_page_figures_and_health_while_it_watches(tmp_path: Path) -> None:
    linked = Linked(tmp_path)
    linked.crm(crm_invoice())
    with watching(linked, "127.0.0.1:0") as (address, said):
        assert "watching 1 link" in said.readline()
        assert "СЧ-1" in got(address)
        kinds, samples = read(got(f"{address}metrics"))
        assert kinds["converter_passes_total"] == "counter"
        bp = frozenset({("link", "main"), ("side", "bp")})
        assert samples["converter_waiting_objects", bp] == 2
        assert got(f"{address}health") == "ok\n"


def test_a_port_that_is_taken_ends_the_watch_before_it_begins(run: Run, tmp_path: Path) -> None:
    linked = Linked(tmp_path)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("watch", "--serve", f"127.0.0.1:{port}", "-c", linked.config)
    assert (done.status, done.out) == (3, "")
    assert "[ADDRESS_BUSY]" in done.err
    assert "--serve 127.0.0.1:8081" in done.err


def test_an_address_that_others_reach_is_warned_of(tmp_path: Path) -> None:
    linked = Linked(tmp_path)
    process = subprocess.Popen(
        [sys.executable, "-m", "converter", "watch", "--serve", "0.0.0.0:0", "-q",
         "-c", str(linked.config)],
        cwd=ROOT, env=environment(), stderr=subprocess.PIPE, encoding="utf-8",
    )  # fmt: skip
    assert process.stderr is not None
    said = process.stderr.readline() + process.stderr.readline()
    process.send_signal(signal.SIGTERM)
    assert process.wait(60) == 0
    process.stderr.close()
    assert "[SERVED_OPENLY]" in said
    assert "without a password" in said


def test_what_is_no_address_is_wrong_usage(run: Run, tmp_path: Path) -> None:
    done = run("watch", "--serve", "8080", "-c", Linked(tmp_path).config)
    assert (done.status, done.out) == (2, "")
    assert "“8080” is no address" in done.err

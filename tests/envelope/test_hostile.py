"""The corpus of hostile files: each is refused for the right reason, or read without effect."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import NamedTuple

import pytest
from lxml import etree

from converter.conversion.intake import message_dialect
from converter.envelope.reader import Reader
from converter.problems import Rejected
from tests import messages
from tests.conftest import Run, environment
from tests.envelope.hostile import CASES, SECRET, Case

SECONDS = 1.0
MEGABYTES = 256


class Bait(NamedTuple):
    """A file that holds a secret, and a server that notes who calls."""

    file: str
    url: str
    calls: list[str]


@pytest.fixture(scope="module")
def bait(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bait]:
    secret = tmp_path_factory.mktemp("bait") / "secret.txt"
    secret.write_text(SECRET)
    calls: list[str] = []

    class Noting(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            calls.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            return None

    with HTTPServer(("127.0.0.1", 0), Noting) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        yield Bait(secret.as_uri(), f"http://127.0.0.1:{server.server_port}/", calls)
        server.shutdown()
        thread.join()


def outcome(data: bytes) -> tuple[str, str]:
    """What becomes of a file, as `Case.expected` says it, and all text that came out of it."""
    said = ""
    try:
        message = Reader(io.BytesIO(data))
        said = repr(message.header)
        message_dialect(message)
        objects = 0
        for element in message:
            objects += 1
            said += etree.tostring(element, encoding="unicode")
    except Rejected as refused:
        problem = refused.problem
        said += problem.what("ru") + problem.what("en") + problem.cure("ru") + problem.cure("en")
        return problem.kind.id, said
    return f"read {objects}", said


def test_the_corpus_is_large_and_its_names_are_unique() -> None:
    assert len(CASES) >= 60
    assert len({case.name for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_does_no_harm(case: Case, bait: Bait) -> None:
    data = case.data(bait.file, bait.url)
    began = time.process_time()
    result, said = outcome(data)
    assert time.process_time() - began < SECONDS
    assert result in case.expected.split("|")
    assert SECRET not in said
    assert bait.calls == []


def test_the_bait_would_notice_a_careless_reader(bait: Bait) -> None:
    by_name = {case.name: case for case in CASES}
    careless = etree.XMLParser(resolve_entities=True, load_dtd=True, no_network=False)
    data = by_name["xxe-file"].data(bait.file, bait.url)
    tree = etree.fromstring(data, careless)
    assert SECRET in etree.tostring(tree, encoding="unicode")


# -- through the command line --------------------------------------------------------------------


class Files(NamedTuple):
    """The corpus as files, and where their results would be."""

    folder: Path
    results: Path


@pytest.fixture(scope="module")
def files(bait: Bait, tmp_path_factory: pytest.TempPathFactory) -> Files:
    folder = tmp_path_factory.mktemp("hostile")
    for case in CASES:
        (folder / f"{case.name}.xml").write_bytes(case.data(bait.file, bait.url))
    return Files(folder, tmp_path_factory.mktemp("results"))


def test_the_command_line_refuses_the_corpus_in_sentences(
    files: Files, bait: Bait, run: Run
) -> None:
    refused = [case for case in CASES if not case.expected.startswith("read")]
    names = [files.folder / f"{case.name}.xml" for case in refused]
    done = run("convert", *names, "--to", "bp", "-o", files.results)
    assert done.status == 1
    assert "Traceback" not in done.err
    assert SECRET not in done.err
    assert [str(name) for name in names if str(name) not in done.err] == []
    assert [path.name for path in files.results.iterdir() if path.stem in _names(refused)] == []
    assert bait.calls == []


def test_the_command_line_reads_the_harmless_part_without_effect(
    files: Files, bait: Bait, run: Run
) -> None:
    harmless = [case for case in CASES if case.expected.startswith("read")]
    names = [files.folder / f"{case.name}.xml" for case in harmless]
    done = run("convert", *names, "--to", "bp", "-o", files.results, "--json")
    assert done.status in (0, 1)
    assert done.err == ""
    reports = json.loads(done.out)["files"]
    assert [Path(report["file"]).stem for report in reports] == [case.name for case in harmless]
    for report in reports:
        assert not report["rejected"], report
        written = Path(report["output"]).read_text(encoding="utf-8")
        assert SECRET not in written
        assert bait.url not in written
    assert SECRET not in done.out
    assert bait.calls == []


def test_validate_and_inspect_touch_neither_file_nor_network(
    files: Files, bait: Bait, run: Run
) -> None:
    names = [files.folder / f"{case.name}.xml" for case in CASES]
    done = run("validate", *names)
    assert done.status == 1
    assert "Traceback" not in done.err
    assert SECRET not in done.err + done.out
    for name in ("xxe-file", "xinclude-text", "schema-location-of-an-object"):
        inspected = run("inspect", files.folder / f"{name}.xml")
        assert SECRET not in inspected.err + inspected.out
        assert "Traceback" not in inspected.err
    assert bait.calls == []


def _names(cases: list[Case]) -> set[str]:
    return {case.name for case in cases}


# -- large ones: time and memory, each in a process of its own -----------------------------------

PROBE = """
import json, sys, time
from converter.envelope.reader import Reader
from converter.problems import Rejected

before, unit, count, after = json.loads(sys.argv[1])

class Endless:
    def __init__(self):
        self.parts = self.pieces()
        self.kept = b""
    def pieces(self):
        yield before.encode()
        block = (unit * 1000).encode()
        for _ in range(count // 1000):
            yield block
        yield after.encode()
    def read(self, size, /):
        while len(self.kept) < size and (part := next(self.parts, None)) is not None:
            self.kept += part
        data, self.kept = self.kept[:size], self.kept[size:]
        return data

began = time.process_time()
stream = Endless()
try:
    message = Reader(stream)
    result = f"read {sum(1 for _ in message)}"
except Rejected as refused:
    result = refused.problem.kind.id
seconds = time.process_time() - began
with open("/proc/self/status") as status:
    peak = next(int(line.split()[1]) for line in status if line.startswith("VmHWM"))
print(json.dumps([result, seconds, peak // 1024]))
"""

WHOLE = messages.crm_message("<a/>")
BEFORE, AFTER = WHOLE[: WHOLE.index("<a/>")], WHOLE[WHOLE.index("<a/>") + 4 :]
HEAD_END = WHOLE.index("</msg:Header>")


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is measured by /proc")
@pytest.mark.parametrize(
    ("before", "unit", "count", "after", "expected"),
    [
        (BEFORE, "<o><n>1</n></o>\n", 50_000, AFTER, "read 50000"),
        (BEFORE + "<a>", "<b>1</b>", 5_000_000, "</a>" + AFTER, "XML_LIMIT"),
        (BEFORE + "<a>", "<b c='1' d='2'/>", 2_500_000, "</a>" + AFTER, "XML_LIMIT"),
        (WHOLE[:HEAD_END], "<x/>", 1_100_000, WHOLE[HEAD_END:], "XML_LIMIT"),
        (WHOLE[:HEAD_END] + "</msg:Header>", "<x/>", 1_100_000, "</Message>", "XML_LIMIT"),
        ("<Message>", "<x/>", 1_100_000, WHOLE[WHOLE.index("\n") :], "XML_LIMIT"),
        (
            WHOLE.removesuffix("</Message>"),
            "<x></x>",
            6_000_000,
            "</Message>",
            "XML_LIMIT",
        ),
        ("<html>", "<p>1</p>", 1_000_000, "</html>", "NOT_A_MESSAGE"),
        ("", "<!-- a -->", 5_000_000, WHOLE, "NOT_A_MESSAGE"),
        (BEFORE, "<!-- a -->", 100_000, AFTER, "read 0"),
        (BEFORE, "text\n", 1_500_000, AFTER, "read 0"),
    ],
    ids=[
        "many-objects",
        "object-of-many-fields",
        "object-of-many-attributes",
        "million-elements-in-the-header",
        "million-elements-before-the-body",
        "million-elements-before-the-header",
        "million-elements-behind-the-body",
        "foreign-root",
        "comments-without-end",
        "comments-in-the-body",
        "text-in-the-body",
    ],
)
def test_a_large_file_takes_bounded_time_and_memory(
    before: str, unit: str, count: int, after: str, expected: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE, json.dumps([before, unit, count, after])],
        capture_output=True,
        env=environment(),
        timeout=60,
        check=True,
    )
    result, seconds, peak = json.loads(done.stdout)
    assert result == expected
    assert seconds < 5
    assert peak < MEGABYTES

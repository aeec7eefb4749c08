"""Zip archives: streamed, counted, and never believed."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from converter.folder.zip_writing import write_zip
from converter.folder.zips import FREE, RATIO, open_message
from converter.problems import Rejected
from tests.folder.archives import COMMENT, NAME, XML, archive, deflated, encrypted, honest, raw

WHEN = datetime(2026, 11, 25, 9, 45, 1)
PASSWORD = "пароль".encode()


def read(
    data: bytes, password: bytes | None = None, limit: int = 1 << 30, piece: int = 1000
) -> tuple[bytes, str | None]:
    """All that comes out of a file, and the name inside; read piece by piece, as messages are."""
    with open_message(io.BytesIO(data), password, limit) as opened:
        return b"".join(iter(lambda: opened.stream.read(piece), b"")), opened.inner


def refused(data: bytes, password: bytes | None = None, limit: int = 1 << 30) -> str:
    """The id of the problem for which a file is refused; its words can be said."""
    with pytest.raises(Rejected) as caught:
        read(data, password, limit)
    problem = caught.value.problem
    for lang in ("ru", "en"):
        assert "{" not in problem.what(lang) + problem.cure(lang)
    return problem.kind.id


# -- what is read --------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [b"", b"<", b"PL", b"PKx", b"<Message/>", XML, b"PK is no zip"])
def test_what_is_no_zip_is_passed_through(data: bytes) -> None:
    assert read(data) == (data, None)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("piece", [1, 3, 4, 5, 1 << 16])
def test_a_message_comes_out_as_it_went_in(method: int, piece: int) -> None:
    assert read(archive(method=method), piece=piece) == (XML, NAME)


def test_a_zip_made_by_hand_and_one_with_folders() -> None:
    assert read(honest()) == (XML, NAME)
    assert read(archive([("a/", b""), ("a/M.XML", XML)])) == (XML, "a/M.XML")


def test_the_position_of_the_file_does_not_matter_and_it_stays_open() -> None:
    for data in (archive(), XML):
        file = io.BytesIO(data)
        file.seek(7)
        with open_message(file, None) as opened:
            assert opened.stream.read(5) == XML[:5]
        assert not file.closed


@pytest.mark.parametrize("password", [PASSWORD, b"a", b"x" * 80])
@pytest.mark.parametrize("method", [0, 8])
def test_a_password_opens_the_archive(password: bytes, method: int) -> None:
    assert read(encrypted(password, method=method), password) == (XML, NAME)


def test_a_password_that_is_not_needed_does_no_harm() -> None:
    assert read(archive(), PASSWORD) == (XML, NAME)


def test_names_in_the_code_page_of_dos_are_understood() -> None:
    name = "Message_НФ_ДЗ.xml"
    assert read(honest(name=name.encode("cp866")))[1] == name
    assert read(archive([(name, XML)]))[1] == name, "and those in UTF-8"


def test_an_empty_member_is_an_empty_message() -> None:
    assert read(archive([(NAME, b"")])) == (b"", NAME)


def test_a_large_message_is_never_held_whole() -> None:
    size = 30 << 20
    file = io.BytesIO(archive([(NAME, b"<a>" * (size // 3))], zipfile.ZIP_STORED))
    tracemalloc.start()
    with open_message(file, None) as opened:
        while opened.stream.read(1 << 16):
            pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 2 << 20


# -- passwords -----------------------------------------------------------------------------------


def test_without_or_with_a_wrong_password_nothing_comes_out() -> None:
    data = encrypted(PASSWORD)
    assert refused(data) == "ZIP_PASSWORD"
    assert refused(data, b"") == "ZIP_PASSWORD"
    for number in range(1000):  # a few of them pass the check byte and fail in what comes out
        assert refused(data, b"%d" % number) == "ZIP_PASSWORD"


def test_with_a_stored_member_a_wrong_password_is_found_at_the_end() -> None:
    data = encrypted(PASSWORD, method=0)
    for number in range(1000):
        assert refused(data, b"%d" % number) == "ZIP_PASSWORD"


def test_other_encryption_is_refused_as_such() -> None:
    assert refused(raw(NAME.encode(), b"x" * 40, 4, 0, flags=0x41), PASSWORD) == "ZIP_PASSWORD"


# -- cut and damaged -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "password"),
    [
        (archive(), None),
        (archive(comment=b""), None),
        (archive(method=zipfile.ZIP_STORED), None),
        (archive([("a/", b""), (NAME, XML)]), None),
        (encrypted(PASSWORD), PASSWORD),
        (archive([(NAME, honest())], zipfile.ZIP_STORED), None),
    ],
    ids=["1c", "plain", "stored", "folder", "password", "nested"],
)
def test_no_zip_cut_at_any_byte_is_accepted(data: bytes, password: bytes | None) -> None:
    ids = {refused(data[:length], password) for length in range(1, len(data))}
    assert "ZIP_CUT" in ids
    assert ids <= {"ZIP_CUT", "ZIP_DAMAGED"}


def test_a_zip_cut_behind_one_inside_is_not_that_one() -> None:
    inner = honest(b"<Message>other</Message>")
    outer = archive([(NAME, inner)], zipfile.ZIP_STORED, b"")
    cut = outer[: outer.index(inner) + len(inner)]
    assert refused(cut) == "ZIP_DAMAGED"


def test_a_file_whose_beginning_is_not_written_yet_is_damaged() -> None:
    data = archive([(NAME, XML * 50)], zipfile.ZIP_STORED)
    half = data[:100] + bytes(len(data) - 300) + data[-200:]
    assert refused(half) == "ZIP_DAMAGED"


@pytest.mark.parametrize("more", [b"\0", b"PK", b"junk" * 10])
def test_what_stands_behind_the_end_is_not_ignored(more: bytes) -> None:
    assert refused(archive() + more) == "ZIP_CUT"


@given(st.data())
def test_no_change_of_any_byte_lets_other_contents_pass(data: st.DataObject) -> None:
    password = data.draw(st.sampled_from([None, PASSWORD]))
    whole = bytearray(encrypted(PASSWORD) if password else archive())
    for _ in range(data.draw(st.integers(1, 3))):
        place = data.draw(st.integers(0, len(whole) - 1))
        whole[place] = data.draw(st.integers(0, 255))
    try:
        got, inner = read(bytes(whole), password)
    except Rejected:
        return
    assert got == (XML if inner is not None else bytes(whole))


@given(st.binary(min_size=1, max_size=200))
def test_anything_that_calls_itself_a_zip_is_refused_in_order(data: bytes) -> None:
    refused(b"PK\x03\x04" + data)
    refused(honest()[:-22] + data + honest()[-22:])


@pytest.mark.parametrize("size", [0, 1, len(XML) - 1, len(XML) + 1, 1 << 20])
@pytest.mark.parametrize("method", [0, 8])
def test_a_size_that_lies_is_damage(size: int, method: int) -> None:
    packed = deflated(XML) if method else XML
    data = raw(NAME.encode(), packed, size, zlib.crc32(XML), method)
    assert refused(data) == "ZIP_DAMAGED"


def test_a_lying_size_with_a_fitting_sum_is_damage_too() -> None:
    data = raw(NAME.encode(), deflated(XML), len(XML) + 5, zlib.crc32(XML))
    assert refused(data) == "ZIP_DAMAGED"


# -- hostile -------------------------------------------------------------------------------------


def test_a_bomb_is_noticed_while_it_unpacks() -> None:
    data = archive([(NAME, bytes(50 << 20))])
    assert len(data) < 60_000
    file, count = io.BytesIO(data), 0
    with open_message(file, None) as opened, pytest.raises(Rejected) as caught:
        while piece := opened.stream.read(1 << 16):
            count += len(piece)
    assert caught.value.problem.kind.id == "ZIP_TOO_LARGE"
    assert FREE // 2 < count < FREE + (1 << 20)


def test_a_bomb_that_lies_about_its_packed_size_is_noticed() -> None:
    packed = deflated(bytes(50 << 20))
    honest_one = raw(NAME.encode(), packed, 50 << 20, zlib.crc32(bytes(50 << 20)))
    lying = honest_one.replace(struct.pack("<L", len(packed)), struct.pack("<L", 1 << 30))
    assert refused(lying) == "ZIP_TOO_LARGE"


def test_a_text_that_packs_well_is_no_bomb() -> None:
    row = b"<Row><Sum>100.00</Sum><Name>Mountain Dew, a bottle of 0.5 l</Name></Row>\n"
    text = b"".join(row.replace(b"100", b"%d" % number) for number in range(200_000))
    data = archive([(NAME, text)])
    assert len(text) > FREE
    assert len(text) < RATIO * len(data)
    assert read(data, piece=1 << 20)[0] == text


@pytest.mark.parametrize("lying", [False, True])
def test_more_than_the_limit_is_refused(lying: bool) -> None:
    size = 10 if lying else len(XML)
    data = raw(NAME.encode(), deflated(XML), size, zlib.crc32(XML))
    assert refused(data, limit=len(XML) - 1) == ("ZIP_DAMAGED" if lying else "ZIP_TOO_LARGE")
    assert read(honest(), limit=len(XML))[0] == XML


def test_a_stream_longer_than_said_is_refused_by_its_limit() -> None:
    data = raw(NAME.encode(), deflated(XML), 1000, zlib.crc32(XML))
    assert refused(data, limit=900) == "ZIP_TOO_LARGE"


@pytest.mark.parametrize(
    "files",
    [
        [],
        [("a/", b"")],
        [("readme.txt", b"x")],
        [(NAME, XML), ("readme.txt", b"x")],
        [(NAME, XML), ("b.xml", XML)],
        [(NAME, XML), ("b.zip", archive())],
        [(f"{number}.xml", b"x") for number in range(17)],
        [(f"{number}/", b"") for number in range(16)] + [(NAME, XML)],
        [("x.xml", honest())],
        [("x.xml", archive([]))],
    ],
    ids=["none", "folder", "no-xml", "more", "two", "zip", "many", "folders", "nested", "empty"],
)
def test_what_else_lies_in_it_is_refused(files: list[tuple[str, bytes]]) -> None:
    assert refused(archive(files, comment=b"")) == "ZIP_CONTENTS"


@pytest.mark.parametrize(
    "name",
    [
        "../a.xml",
        "a/../../b.xml",
        "/etc/a.xml",
        "C:/a.xml",
        "c:a.xml",
        "..\\a.xml",
        "a\\..\\..\\b.xml",
        "\\\\server\\share\\a.xml",
        "a\0.xml",
        "a\n.xml",
        "a.xml\0.txt",
    ],
)
def test_names_that_lead_out_of_a_folder_are_refused(name: str) -> None:
    assert refused(honest(name=name.encode())) == "ZIP_CONTENTS"


@pytest.mark.parametrize("method", [1, 9, 12, 14, 93, 97])
def test_other_ways_of_packing_are_refused(method: int) -> None:
    assert refused(raw(NAME.encode(), b"x" * 10, 10, 0, method)) == "ZIP_CONTENTS"


def test_a_version_of_the_future_is_refused() -> None:
    assert refused(raw(NAME.encode(), b"x" * 10, 10, 0, version=200)) == "ZIP_DAMAGED"


@pytest.mark.parametrize("comment", [b"", b"x" * 65535])
def test_long_lists_are_not_even_read(comment: bytes) -> None:
    """Neither a list of millions of entries nor the extension that could announce one elsewhere."""
    filler = struct.pack("<HH", 0x9999, 65531) + bytes(65531)
    data = raw(NAME.encode(), deflated(XML), len(XML), zlib.crc32(XML), 8, 0, filler, comment)
    assert refused(data) == "ZIP_CONTENTS"
    plain = raw(NAME.encode(), deflated(XML), len(XML), zlib.crc32(XML), comment=comment)
    end = len(plain) - 22 - len(comment)
    locator = struct.pack("<4sLQL", b"PK\x06\x07", 0, 0, 1)
    assert refused(plain[:end] + locator + plain[end:]) == "ZIP_CONTENTS"


def test_one_part_of_several_is_refused() -> None:
    data = bytearray(honest())
    data[-18:-14] = struct.pack("<HH", 1, 0)
    assert refused(bytes(data)) == "ZIP_CONTENTS"


def test_an_entry_far_behind_the_end_is_damage(tmp_path: Path) -> None:
    """Farther than the system can go, which it would tell as an error of the disk."""
    beyond = struct.pack("<HHQ", 1, 8, (1 << 63) - 1)
    data = bytearray(raw(NAME.encode(), deflated(XML), len(XML), zlib.crc32(XML), extra=beyond))
    place = data.index(b"PK\x01\x02")
    data[place + 42 : place + 46] = b"\xff" * 4
    assert refused(bytes(data)) == "ZIP_DAMAGED"
    (tmp_path / "a").write_bytes(data)
    with (tmp_path / "a").open("rb") as file, pytest.raises(Rejected), open_message(file, None):
        pass


def test_a_member_that_would_begin_behind_the_end_is_refused() -> None:
    data = bytearray(encrypted(PASSWORD))
    data[28:30] = b"\xff\xff"  # how much is said to stand before its bytes
    assert refused(bytes(data), PASSWORD) == "ZIP_DAMAGED"


# -- writing -------------------------------------------------------------------------------------


def test_what_is_written_is_read_and_always_the_same() -> None:
    made = []
    for chunks in ([XML], [XML[:10], b"", XML[10:]]):
        buffer = io.BytesIO()
        write_zip(buffer, NAME, chunks, WHEN)
        made.append(buffer.getvalue())
    assert read(made[0]) == (XML, NAME)
    assert made[0] == made[1]


def test_a_zip_of_ours_is_plain_enough_for_everybody() -> None:
    buffer = io.BytesIO()
    write_zip(buffer, "Message_НФ_ДЗ.xml", [XML], WHEN)
    with zipfile.ZipFile(buffer) as made:
        [entry] = made.infolist()
        assert made.testzip() is None
    assert entry.filename == "Message_НФ_ДЗ.xml"
    assert entry.date_time == (2026, 11, 25, 9, 45, 0), "zip counts every second second"
    assert (entry.compress_type, entry.extra, entry.create_system) == (8, b"", 0)
    assert not entry.flag_bits & 0x8, "sizes stand before the data, where simple readers look"
    assert COMMENT not in buffer.getvalue()

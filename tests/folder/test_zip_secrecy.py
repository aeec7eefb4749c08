"""Encrypted archives: read and written in the sender's way, and understood by other programs."""

from __future__ import annotations

import base64
import builtins
import io
import random
import shutil
import subprocess
import sys
import tracemalloc
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import pyzipper
from hypothesis import given
from hypothesis import strategies as st

from converter.folder import zip_writing
from converter.folder.delivery import deliver
from converter.folder.zip_secrecy import Secrecy, form_named, form_of
from converter.folder.zip_writing import Lock, write_zip
from converter.folder.zips import open_message
from converter.problems import Stopped
from tests.folder.archives import NAME, XML
from tests.folder.test_zips import read, refused

WHEN = datetime(2026, 11, 25, 9, 45, 1)
PASSWORD = "пароль".encode()
WAYS: list[Secrecy] = [each for each in Secrecy if each is not Secrecy.OPEN]
AES: list[Secrecy] = [each for each in WAYS if each.is_aes]
MESSAGE = '<?xml version="1.0"?><Message>Счёт № 1 Счёт № 1 Счёт № 1</Message>'.encode()
#: made by other programs from `MESSAGE`, password “secret”: 7-Zip 26.01, and Info-ZIP 3.0
OTHERS = {
    "7z-zipcrypto": (
        "zip+zipcrypto",
        "UEsDBBQAAQAIAKBNeV2za3SXVgAAAFQAAAASAAAATWVzc2FnZV9CUF9DUk0ueG1sk8TKBO25Q6DeUmZrfB3m"
        "rI+DWg5gnIrOMxAX5PyDC6RW47T3x9OxjhhTt3ZPRHh24rM8UjL0yibQb+ZowgeBPK4jN9Npu5FvONNBagur"
        "5JIJZcJrJbRQSwECPwMUAAEACACgTXlds2t0l1YAAABUAAAAEgAkAAAAAAAAACCApIEAAAAATWVzc2FnZV9C"
        "UF9DUk0ueG1sCgAgAAAAAAABABgAAPY5o8F83QEAAAAAAAAAAAAAAAAAAAAAUEsFBgAAAAABAAEAZAAAAIYA"
        "AAAAAA==",
    ),
    "7z-aes128": (
        "zip+ae2-128",
        "UEsDBDMAAQBjAKBNeV0AAAAAXgAAAFQAAAASAAsATWVzc2FnZV9CUF9DUk0ueG1sAZkHAAIAQUUBCAClXBPU"
        "SIKyI2W6rinL+2dT9tQ9sNK8TMuTlFOLLby2aiTeCVxxW8dMAvOBzqWlR5rlJ8rweGYHlCHym9+bbzyXy+Hn"
        "LAqX8qAFSrphLqpBnGfpurkfgjGM5xNyl1D/UEsBAj8DMwABAGMAoE15XQAAAABeAAAAVAAAABIALwAAAAAA"
        "AAAggKSBAAAAAE1lc3NhZ2VfQlBfQ1JNLnhtbAoAIAAAAAAAAQAYAAD2OaPBfN0BAAAAAAAAAAAAAAAAAAAA"
        "AAGZBwACAEFFAQgAUEsFBgAAAAABAAEAbwAAAJkAAAAAAA==",
    ),
    "7z-aes192": (
        "zip+ae2-192",
        "UEsDBDMAAQBjAKBNeV0AAAAAYgAAAFQAAAASAAsATWVzc2FnZV9CUF9DUk0ueG1sAZkHAAIAQUUCCACW4qNR"
        "xZgTaCuikz+/MZWIiFcdZQriPgX7hTLV43IAdVa1HVbOPEp8PueimZrK6tYvJJb8AeLyM9L73QbX8pi6arpF"
        "tmHzZw/ERY471CzP1uzdJq+R+/DFiFYxPV2fcvdTjFBLAQI/AzMAAQBjAKBNeV0AAAAAYgAAAFQAAAASAC8A"
        "AAAAAAAAIICkgQAAAABNZXNzYWdlX0JQX0NSTS54bWwKACAAAAAAAAEAGAAA9jmjwXzdAQAAAAAAAAAAAAAA"
        "AAAAAAABmQcAAgBBRQIIAFBLBQYAAAAAAQABAG8AAACdAAAAAAA=",
    ),
    "7z-aes256": (
        "zip+ae2-256",
        "UEsDBDMAAQBjAKBNeV0AAAAAZgAAAFQAAAASAAsATWVzc2FnZV9CUF9DUk0ueG1sAZkHAAIAQUUDCADv1XC1"
        "yV+fgfgwJUUT3cGzYg25EYm/vmbROX+wE39Ady6oQBhsSvoXpBvfJLmJktRq1qBIGi36hu0rirlwmfyXsg1N"
        "RoLiBvM0dalIeGo9DSsWtVaGbOa2rVoi7kUdKddmpsxKdbVQSwECPwMzAAEAYwCgTXldAAAAAGYAAABUAAAA"
        "EgAvAAAAAAAAACCApIEAAAAATWVzc2FnZV9CUF9DUk0ueG1sCgAgAAAAAAABABgAAPY5o8F83QEAAAAAAAAA"
        "AAAAAAAAAAAAAZkHAAIAQUUDCABQSwUGAAAAAAEAAQBvAAAAoQAAAAAA",
    ),
    "infozip": (
        "zip+zipcrypto",
        "UEsDBBQACQAIAKBNeV2za3SXQgAAAFQAAAASAAAATWVzc2FnZV9CUF9DUk0ueG1sQMfuqPh7RqNo7LSV5EQh"
        "O4Nu47bBzipjnoosAmqxZhGsj3CdE5h2+lDyQhOLgwfUEEIGcrfv7IgZEgrhByu2FLnOUEsHCLNrdJdCAAAA"
        "VAAAAFBLAQIeAxQACQAIAKBNeV2za3SXQgAAAFQAAAASAAAAAAAAAAEAAACkgQAAAABNZXNzYWdlX0JQX0NS"
        "TS54bWxQSwUGAAAAAAEAAQBAAAAAggAAAAAA",
    ),
}


def locked(
    secrecy: Secrecy, data: bytes = XML, name: str = NAME, password: bytes = PASSWORD
) -> bytes:
    """An archive as we write it."""
    buffer = io.BytesIO()
    write_zip(buffer, name, [data[:5], b"", data[5:]], WHEN, Lock(secrecy, password))
    return buffer.getvalue()


def form(data: bytes, password: bytes) -> str:
    """The way in which an archive is written."""
    with open_message(io.BytesIO(data), password) as opened:
        return opened.form


# -- reading -------------------------------------------------------------------------------------


@pytest.mark.parametrize("maker", OTHERS)
def test_what_other_programs_encrypted_is_read(maker: str) -> None:
    told, text = OTHERS[maker]
    data = base64.b64decode(text)
    assert read(data, b"secret") == (MESSAGE, NAME)
    assert form(data, b"secret") == told
    assert refused(data) == refused(data, b"Secret") == "ZIP_PASSWORD"


@pytest.mark.parametrize("bits", [128, 192, 256])
@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
@pytest.mark.parametrize("piece", [1, 1 << 16])
def test_aes_of_another_library_is_read(bits: int, version: int, method: int, piece: int) -> None:
    buffer = io.BytesIO()
    with pyzipper.AESZipFile(buffer, "w", method, encryption=pyzipper.WZ_AES) as made:
        made.setpassword(PASSWORD)
        made.setencryption(pyzipper.WZ_AES, nbits=bits, force_wz_aes_version=version)
        made.writestr(NAME, XML)
    assert read(buffer.getvalue(), PASSWORD, piece=piece) == (XML, NAME)
    assert form(buffer.getvalue(), PASSWORD) == f"zip+ae{version}-{bits}"


@pytest.mark.parametrize("secrecy", WAYS)
@pytest.mark.parametrize("size", [0, 1, 15, 16, 17, 65536, 200_001])
def test_what_is_written_is_read(secrecy: Secrecy, size: int) -> None:
    data = random.Random(size).randbytes(size)
    assert read(locked(secrecy, data), PASSWORD, piece=777) == (data, NAME)


@pytest.mark.parametrize("secrecy", AES)
def test_a_wrong_password_is_told(secrecy: Secrecy) -> None:
    data = locked(secrecy)
    assert refused(data) == refused(data, b"") == "ZIP_PASSWORD"
    assert refused(data, b"another") == "ZIP_PASSWORD"


@pytest.mark.parametrize("secrecy", AES)
@given(data=st.data())
def test_no_change_of_any_byte_passes(secrecy: Secrecy, data: st.DataObject) -> None:
    whole = bytearray(_MADE[secrecy])
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= 1 << data.draw(st.integers(0, 7))
    expected = bytes(whole) if place < 4 else XML
    if not _is_refused(bytes(whole)):
        assert read(bytes(whole), PASSWORD)[0] == expected


def test_every_changed_byte_of_the_encrypted_data_is_refused() -> None:
    whole = _MADE[Secrecy.AE2_256]
    start = 30 + len(NAME) + 11
    for place in range(start, whole.index(b"PK\x01\x02", start)):
        changed = bytearray(whole)
        changed[place] ^= 0x10
        assert refused(bytes(changed), PASSWORD) in ("ZIP_DAMAGED", "ZIP_PASSWORD")


@pytest.mark.parametrize("secrecy", WAYS)
def test_no_archive_cut_at_any_byte_is_accepted(secrecy: Secrecy) -> None:
    data = _MADE[secrecy]
    for length in range(1, len(data)):
        assert refused(data[:length], PASSWORD) in ("ZIP_CUT", "ZIP_DAMAGED")


@pytest.mark.parametrize("secrecy", WAYS)
def test_a_bomb_under_a_password_is_noticed(secrecy: Secrecy) -> None:
    assert refused(locked(secrecy, bytes(50 << 20)), PASSWORD) == "ZIP_TOO_LARGE"


@pytest.mark.parametrize(
    "field", [b"", b"\x01\x99\x07\x00\x03\x00AE\x03\x08\x00", b"\x01\x99\x07\x00"]
)
def test_aes_that_does_not_say_which_is_refused(field: bytes) -> None:
    data = locked(Secrecy.AE2_256)
    right = Secrecy.AE2_256.field
    assert refused(data.replace(right, field.ljust(len(right), b"\0")), PASSWORD) == "ZIP_CONTENTS"


def test_names_that_lead_out_are_refused_under_a_password_too() -> None:
    for secrecy in WAYS:
        assert refused(locked(secrecy, name="../a.xml"), PASSWORD) == "ZIP_CONTENTS"


def test_the_name_before_the_data_must_be_the_one_in_the_list() -> None:
    data = locked(Secrecy.AE1_128)
    assert refused(data.replace(NAME.encode(), b"Xessage_BP_CRM.xml", 1), PASSWORD) == "ZIP_DAMAGED"


@pytest.mark.parametrize("secrecy", [Secrecy.AE1_128, Secrecy.AE2_256])
def test_memory_is_flat_both_ways(
    secrecy: Secrecy, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The other cipher goes the same ways, but slowly where memory is traced."""
    monkeypatch.setattr(zip_writing, "_SPOOL", 1 << 18)
    noise = random.Random(1).randbytes(1 << 16)
    tracemalloc.start()
    with (tmp_path / "a.zip").open("w+b") as file:
        write_zip(file, NAME, (noise for _ in range(160)), WHEN, Lock(secrecy, PASSWORD))
        with open_message(file, PASSWORD) as opened:
            while opened.stream.read(1 << 16):
                pass
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert (tmp_path / "a.zip").stat().st_size > 10 << 20
    assert peak < 6 << 20


# -- writing -------------------------------------------------------------------------------------


@pytest.mark.parametrize("secrecy", WAYS)
@pytest.mark.parametrize("name", [NAME, "Message_НФ_ДЗ.xml"])
def test_another_library_reads_what_is_written(secrecy: Secrecy, name: str) -> None:
    with pyzipper.AESZipFile(io.BytesIO(locked(secrecy, name=name))) as made:
        made.setpassword(PASSWORD)
        [entry] = made.infolist()
        assert made.read(entry) == XML
    assert entry.filename == name
    assert entry.date_time == (2026, 11, 25, 9, 45, 0)
    assert not entry.flag_bits & 0x8, "sizes stand before the data, where simple readers look"
    assert (entry.create_system, entry.file_size) == (0, len(XML))


def test_python_itself_reads_the_traditional_cipher() -> None:
    with zipfile.ZipFile(io.BytesIO(locked(Secrecy.ZIPCRYPTO))) as made:
        assert made.read(NAME, PASSWORD) == XML


@pytest.mark.skipif(shutil.which("unzip") is None, reason="Info-ZIP is not installed")
def test_unzip_reads_the_traditional_cipher(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(locked(Secrecy.ZIPCRYPTO, password=b"secret"))
    done = subprocess.run(
        ["unzip", "-p", "-P", "secret", tmp_path / "a.zip"], capture_output=True, check=True
    )
    assert done.stdout == XML


@pytest.mark.skipif(not (shutil.which("7z") or shutil.which("7zz")), reason="no 7-Zip here")
@pytest.mark.parametrize("secrecy", WAYS)
def test_7_zip_reads_what_is_written(secrecy: Secrecy, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(locked(secrecy, password=b"secret"))
    program = shutil.which("7z") or shutil.which("7zz")
    assert program is not None
    done = subprocess.run(
        [program, "x", "-so", "-psecret", tmp_path / "a.zip"], capture_output=True, check=True
    )
    assert done.stdout == XML


@pytest.mark.parametrize("secrecy", WAYS)
def test_no_two_archives_share_a_salt(secrecy: Secrecy) -> None:
    start = 30 + len(NAME) + (11 if secrecy.is_aes else 0)
    heads = {locked(secrecy)[start : start + 8] for _ in range(20)}
    assert len(heads) == 20


@pytest.mark.parametrize("secrecy", WAYS)
def test_nothing_of_the_message_stands_in_the_open(secrecy: Secrecy) -> None:
    data = random.Random(3).randbytes(300)
    assert data[100:120] not in locked(secrecy, data)
    assert PASSWORD not in locked(secrecy, data)
    told = zipfile.ZipFile(io.BytesIO(locked(secrecy, data))).infolist()[0].CRC
    assert (told == 0) is (secrecy.is_aes and secrecy.version == 2)


@pytest.mark.parametrize("secrecy", Secrecy)
def test_a_way_is_kept_by_its_text(secrecy: Secrecy) -> None:
    assert form_named(form_of(NAME, secrecy)) == ("zip", secrecy)
    assert form_named(form_of(None)) == ("xml", Secrecy.OPEN)


# -- without the extra ---------------------------------------------------------------------------


@pytest.fixture
def no_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    """As if the package had been installed without its extra."""
    plain = builtins.__import__

    def without(name: str, *rest: Any, **more: Any) -> Any:
        if name.partition(".")[0] == "cryptography":
            raise ModuleNotFoundError(name)
        return plain(name, *rest, **more)

    monkeypatch.setattr(builtins, "__import__", without)


@pytest.mark.usefixtures("no_extra")
def test_without_the_extra_aes_is_refused_with_the_cure(tmp_path: Path) -> None:
    assert refused(_MADE[Secrecy.AE2_256], PASSWORD) == "ZIP_NO_AES"
    assert read(_MADE[Secrecy.ZIPCRYPTO], PASSWORD) == (XML, NAME)
    (tmp_path / "a.zip").write_bytes(b"the one before")
    with pytest.raises(Stopped) as caught:
        deliver(tmp_path, "a.zip", [XML], NAME, WHEN, Lock(Secrecy.AE1_128, PASSWORD))
    problem = caught.value.problem
    assert problem.kind.id == "AES_MISSING"
    assert "[aes]" in problem.cure("ru") and "[aes]" in problem.cure("en")
    assert [each.name for each in tmp_path.iterdir()] == ["a.zip"]
    assert (tmp_path / "a.zip").read_bytes() == b"the one before"


def test_the_extra_is_loaded_only_where_aes_is_met() -> None:
    code = "import converter.folder.zips, sys; sys.exit('cryptography' in sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)


def _is_refused(data: bytes) -> bool:
    try:
        refused(data, PASSWORD)
    except pytest.fail.Exception:
        return False
    return True


_MADE: dict[Secrecy, bytes] = {each: locked(each) for each in WAYS}

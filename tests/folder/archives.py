"""Zip archives of every sort: honest ones, with passwords, cut, lying and hostile ones."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable

XML = b"\xef\xbb\xbf<?xml version='1.0'?>\n<Message>" + "Счёт № 1 ".encode() * 200 + b"</Message>"
COMMENT = "Файл сообщения обмена".encode("cp866")
NAME = "Message_BP_CRM.xml"
_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")


def archive(
    files: Iterable[tuple[str, bytes]] = ((NAME, XML),),
    method: int = zipfile.ZIP_DEFLATED,
    comment: bytes = COMMENT,
) -> bytes:
    """An archive as Python writes it."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", method) as made:
        for name, data in files:
            made.writestr(name, data)
        made.comment = comment
    return buffer.getvalue()


def raw(
    name: bytes,
    data: bytes,
    size: int,
    crc: int,
    method: int = 8,
    flags: int = 0,
    extra: bytes = b"",
    comment: bytes = b"",
    version: int = 20,
) -> bytes:
    """An archive of one entry that says whatever it is told to say."""
    stat = (version, flags, method, 0, 0x21, crc, len(data), size, len(name))
    local = _LOCAL.pack(b"PK\x03\x04", *stat, 0) + name + data
    central = _CENTRAL.pack(b"PK\x01\x02", version, *stat, len(extra), 0, 0, 0, 0, 0) + name + extra
    end = _END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(central), len(local), len(comment))
    return local + central + end + comment


def deflated(data: bytes) -> bytes:
    """As it lies in a zip."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    return packer.compress(data) + packer.flush()


def honest(data: bytes = XML, name: bytes = NAME.encode()) -> bytes:
    """The same as `archive`, made here."""
    return raw(name, deflated(data), len(data), zlib.crc32(data))


def encrypted(password: bytes, data: bytes = XML, method: int = 8) -> bytes:
    """An archive with a password, as 1C writes it (ZipCrypto)."""
    crc = zlib.crc32(data)
    packed = deflated(data) if method == 8 else data
    head = bytes(range(11)) + bytes([crc >> 24])
    body = _Cipher(password).encrypt(head + packed)
    return raw(NAME.encode(), body, len(data), crc, method, flags=1, comment=COMMENT)


class _Cipher:
    """The traditional encryption of PKWARE, which no library here writes."""

    def __init__(self, password: bytes) -> None:
        self._table = [self._entry(each) for each in range(256)]
        self._keys = [0x12345678, 0x23456789, 0x34567890]
        for byte in password:
            self._update(byte)

    @staticmethod
    def _entry(value: int) -> int:
        for _ in range(8):
            value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
        return value

    def _crc(self, byte: int, crc: int) -> int:
        return crc >> 8 ^ self._table[(crc ^ byte) & 0xFF]

    def _update(self, byte: int) -> None:
        one, two, three = self._keys
        one = self._crc(byte, one)
        two = ((two + (one & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        self._keys = [one, two, self._crc(two >> 24, three)]

    def encrypt(self, data: bytes) -> bytes:
        """The bytes as they lie in the archive."""
        made = bytearray()
        for byte in data:
            key = self._keys[2] | 2
            made.append(byte ^ (key * (key ^ 1) >> 8 & 0xFF))
            self._update(byte)
        return bytes(made)

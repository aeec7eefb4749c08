"""Zip archives of one message as we write them: deflated, and encrypted where a base asks for that.

Sizes and check sum stand before the data, where simple readers look, and the traditional cipher
needs the sum first: so what is encrypted is packed into a temporary file before. Memory is flat.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterable
from datetime import datetime
from tempfile import SpooledTemporaryFile
from typing import BinaryIO, NamedTuple

from converter.folder.durable import PIECE
from converter.folder.zip_ciphers import encryption
from converter.folder.zip_secrecy import AES_METHOD, Secrecy

#: a packed message up to this size is encrypted in memory
_SPOOL = 1 << 22
_MOST = zipfile.ZIP64_LIMIT
_STAT = struct.Struct("<5H3L2H")
_PLACE = struct.Struct("<3H2L")
_END = struct.Struct("<4s4H2LH")
_ENCRYPTED, _UTF8 = 0x1, 0x800


class Lock(NamedTuple):
    """How an archive is encrypted, and with what."""

    secrecy: Secrecy
    password: bytes


def write_zip(
    file: BinaryIO, name: str, chunks: Iterable[bytes], when: datetime, lock: Lock | None = None
) -> None:
    """Write a zip of one file, up to 2 GiB.

    Without a lock the same chunks and time give the same bytes; with one they never do, since
    every archive has its own salt. Raises `NoAes`.
    """
    if lock is not None:
        _write_locked(file, name, chunks, when, lock)
        return
    entry = zipfile.ZipInfo(name, when.timetuple()[:6])
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 0  # whatever system writes it
    with zipfile.ZipFile(file, "w") as archive, archive.open(entry, "w") as member:
        for chunk in chunks:
            member.write(chunk)


def _write_locked(
    file: BinaryIO, name: str, chunks: Iterable[bytes], when: datetime, lock: Lock
) -> None:
    with SpooledTemporaryFile(_SPOOL) as packed:
        size, check_sum = _pack(packed, chunks)
        length = packed.tell()
        packed.seek(0)
        cipher = encryption(lock.secrecy, lock.password, check_sum)
        length += len(cipher.head) + len(cipher.tail())
        if max(size, length) > _MOST:
            raise zipfile.LargeZipFile("more than 2 GiB")
        entry = _Entry(name, when, lock.secrecy, check_sum, length, size)
        file.write(entry.local())
        file.write(cipher.head)
        while piece := packed.read(PIECE):
            file.write(cipher.encrypt(piece))
        file.write(cipher.tail())
    file.write(entry.central(len(entry.local()) + length))


def _pack(packed: SpooledTemporaryFile[bytes], chunks: Iterable[bytes]) -> tuple[int, int]:
    """Deflate into a temporary file; returns size and check sum of what went in."""
    deflater = zlib.compressobj(wbits=-15)
    size = check_sum = 0
    for chunk in chunks:
        size += len(chunk)
        check_sum = zlib.crc32(chunk, check_sum)
        packed.write(deflater.compress(chunk))
    packed.write(deflater.flush())
    return size, check_sum


class _Entry(NamedTuple):
    """What an archive says of its one file."""

    name: str
    when: datetime
    secrecy: Secrecy
    check_sum: int
    length: int
    size: int

    def local(self) -> bytes:
        """What stands before the file."""
        return b"PK\x03\x04" + self._stat() + self._name() + self._extra()

    def central(self, offset: int) -> bytes:
        """The list of files, which begins there, and the end of the archive."""
        stat = struct.pack("<H", self._version()) + self._stat()
        listed = b"PK\x01\x02" + stat + _PLACE.pack(0, 0, 0, 0, 0) + self._name() + self._extra()
        return listed + _END.pack(b"PK\x05\x06", 0, 0, 1, 1, len(listed), offset, 0)

    def _stat(self) -> bytes:
        date = (self.when.year - 1980) << 9 | self.when.month << 5 | self.when.day
        time = self.when.hour << 11 | self.when.minute << 5 | self.when.second // 2
        flags = _ENCRYPTED | (0 if self.name.isascii() else _UTF8)
        method = AES_METHOD if self.secrecy.is_aes else zipfile.ZIP_DEFLATED
        tells_sum = not self.secrecy.is_aes or self.secrecy.version == 1
        return _STAT.pack(
            self._version(),
            flags,
            method,
            time,
            date,
            self.check_sum if tells_sum else 0,
            self.length,
            self.size,
            len(self._name()),
            len(self._extra()),
        )

    def _version(self) -> int:
        return 51 if self.secrecy.is_aes else 20

    def _name(self) -> bytes:
        return self.name.encode("utf-8")

    def _extra(self) -> bytes:
        return self.secrecy.field if self.secrecy.is_aes else b""

"""One AES entry of a zip archive as a stream: decrypted, unpacked and checked while it is read."""

from __future__ import annotations

import struct
import zipfile
import zlib
from typing import BinaryIO

from converter.folder.zip_ciphers import MAC_BYTES, AesReading, head_bytes
from converter.folder.zip_secrecy import secrecy_of

_LOCAL = struct.Struct("<4s5H3L2H")
_PIECE = 1 << 16


class WrongPassword(Exception):
    """The password is another one."""


class AesMember:
    """The plain bytes of an entry.

    Raises `NoAes`, `WrongPassword`, and for damage `zipfile.BadZipFile` or `zlib.error`; what was
    tampered with is known at the end alone, so nothing may be believed before.
    """

    def __init__(
        self, file: BinaryIO, entry: zipfile.ZipInfo, password: bytes, beyond: int
    ) -> None:
        self._secrecy, method = secrecy_of(entry)
        self._file = file
        self._check_sum = entry.CRC
        self._tells_sum = self._secrecy.version == 1
        self._inflater = zlib.decompressobj(-15) if method == zipfile.ZIP_DEFLATED else None
        head = head_bytes(self._secrecy)
        self._left = entry.compress_size - head - MAC_BYTES
        _go_to(file, entry, beyond)
        if self._left < 0:
            raise zipfile.BadZipFile("too short for AES")
        self._aes = AesReading(self._secrecy, password, self._exactly(head))
        if not self._aes.fits:
            raise WrongPassword
        self._found = 0
        self._ended = False

    def read(self, size: int, /) -> bytes:
        """The next bytes, at most so many; nothing only at the end, where all has been checked."""
        while size > 0 and not self._ended:
            data = self._stored(size) if self._inflater is None else self._inflated(size)
            self._found = zlib.crc32(data, self._found)
            if data:
                return data
        if size > 0 and self._tells_sum and self._found != self._check_sum:
            raise zipfile.BadZipFile("the check sum does not fit")
        return b""

    def _stored(self, size: int) -> bytes:
        data = self._decrypted(min(size, _PIECE))
        if not data:
            self._end()
        return data

    def _inflated(self, size: int) -> bytes:
        assert self._inflater is not None
        packed = self._inflater.unconsumed_tail or self._decrypted(_PIECE)
        data = self._inflater.decompress(packed, size)
        if self._inflater.eof:
            if self._left or self._inflater.unused_data:
                raise zipfile.BadZipFile("more than one packed text")
            self._end()
        elif not data and not packed:
            raise zipfile.BadZipFile("the packed text breaks off")
        return data

    def _decrypted(self, size: int) -> bytes:
        data = self._exactly(min(size, self._left))
        self._left -= len(data)
        return self._aes.decrypt(data)

    def _end(self) -> None:
        if not self._aes.is_authentic(self._exactly(MAC_BYTES)):
            raise zipfile.BadZipFile("the authentication code does not fit")
        self._ended = True

    def _exactly(self, size: int) -> bytes:
        data = self._file.read(size)
        if len(data) < size:
            raise zipfile.BadZipFile("the archive ends too early")
        return data


def _go_to(file: BinaryIO, entry: zipfile.ZipInfo, beyond: int) -> None:
    """To where the bytes of an entry begin; they must end before ``beyond``."""
    file.seek(entry.header_offset)
    local = file.read(_LOCAL.size)
    if len(local) < _LOCAL.size:
        raise zipfile.BadZipFile("the archive ends too early")
    magic, *_, name, extra = _LOCAL.unpack(local)
    start = entry.header_offset + _LOCAL.size + name + extra
    if magic != b"PK\x03\x04" or start + entry.compress_size > beyond:
        raise zipfile.BadZipFile("the entry is astray")
    shown = file.read(name)
    encoding = "utf-8" if entry.flag_bits & 0x800 else "cp866"
    if shown.decode(encoding) != entry.orig_filename:
        raise zipfile.BadZipFile("the entry has two names")
    file.seek(start)

"""The two ciphers of zip archives, fed piece by piece: PKWARE's traditional one, WinZip's AES.

AES itself comes from the extra ``aes`` of the package; everything else is the standard library's.
"""

from __future__ import annotations

import hashlib
import hmac
import os
import struct
from collections.abc import Callable
from functools import cache
from typing import Protocol

from converter.folder.zip_secrecy import Secrecy

_ROUNDS = 1000
_BLOCK = 16
#: of the authentication code, this much stands in the archive
MAC_BYTES = 10
_VERIFIER_BYTES = 2


class NoAes(Exception):
    """The extra of the package that AES takes is not installed."""


class Encryption(Protocol):
    """A cipher that writes: something before, something behind, and the same length between."""

    head: bytes

    def encrypt(self, data: bytes) -> bytes: ...

    def tail(self) -> bytes: ...


def encryption(secrecy: Secrecy, password: bytes, check_sum: int) -> Encryption:
    """A cipher with a fresh salt for one entry. Raises `NoAes`."""
    if secrecy.is_aes:
        return AesWriting(secrecy, password)
    return ZipCrypto(password, check_sum)


# -- the traditional cipher ----------------------------------------------------------------------


def _entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (0xEDB88320 if value & 1 else 0)
    return value


_CRC = [_entry(each) for each in range(256)]


@cache
def _pads() -> bytes:
    """What each third key adds to a byte; made only where something is encrypted."""
    return bytes(((key | 2) * ((key | 2) ^ 1) >> 8) & 0xFF for key in range(1 << 16))


class ZipCrypto:
    """PKWARE's traditional encryption (APPNOTE 6.1): weak, and what every program reads."""

    def __init__(self, password: bytes, check_sum: int) -> None:
        self._keys = (0x12345678, 0x23456789, 0x34567890)
        self.encrypt(password)  # the keys depend on what went through alone
        self.head = self.encrypt(os.urandom(11) + bytes([check_sum >> 24]))

    def encrypt(self, data: bytes) -> bytes:
        """The next bytes, encrypted."""
        one, two, three = self._keys
        crc, pad = _CRC, _pads()
        made = bytearray(len(data))
        for index, byte in enumerate(data):
            made[index] = byte ^ pad[three & 0xFFFF]
            one = one >> 8 ^ crc[(one ^ byte) & 0xFF]
            two = ((two + (one & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
            three = three >> 8 ^ crc[(three ^ two >> 24) & 0xFF]
        self._keys = (one, two, three)
        return bytes(made)

    def tail(self) -> bytes:
        """Nothing stands behind it."""
        return b""


# -- AES -----------------------------------------------------------------------------------------


def salt_bytes(secrecy: Secrecy) -> int:
    """How long the salt is that stands before the data."""
    return secrecy.key_bytes // 2


def head_bytes(secrecy: Secrecy) -> int:
    """How much stands before the data: the salt, and two bytes that tell a wrong password."""
    return salt_bytes(secrecy) + _VERIFIER_BYTES


class _Aes:
    """AES in counter mode, the counter little-endian from 1; the code is of what is encrypted."""

    def __init__(self, secrecy: Secrecy, password: bytes, salt: bytes) -> None:
        size = secrecy.key_bytes
        length = 2 * size + _VERIFIER_BYTES
        derived = hashlib.pbkdf2_hmac("sha1", password, salt, _ROUNDS, length)
        self.verifier = derived[2 * size :]
        self._pads = _block_cipher(derived[:size])
        self._mac = hmac.new(derived[size : 2 * size], digestmod=hashlib.sha1)
        self._count = 1
        self._left = b""

    def authenticate(self, data: bytes) -> None:
        """Encrypted bytes, in their order."""
        self._mac.update(data)

    def code(self) -> bytes:
        """The authentication code of everything so far."""
        return self._mac.digest()[:MAC_BYTES]

    def xor(self, data: bytes) -> bytes:
        """The next bytes, from plain to encrypted or back."""
        size = len(data)
        blocks = -(-(size - len(self._left)) // _BLOCK)
        counters = range(self._count, self._count + blocks)
        halves = (part for count in counters for part in (count, 0))
        self._count += blocks
        pad = self._left + self._pads(struct.pack(f"<{2 * blocks}Q", *halves))
        self._left = pad[size:]
        mixed = int.from_bytes(data, "little") ^ int.from_bytes(pad[:size], "little")
        return mixed.to_bytes(size, "little")


class AesWriting:
    """WinZip's AES for one entry that is written. Raises `NoAes`."""

    def __init__(self, secrecy: Secrecy, password: bytes) -> None:
        salt = os.urandom(salt_bytes(secrecy))
        self._aes = _Aes(secrecy, password, salt)
        self.head = salt + self._aes.verifier

    def encrypt(self, data: bytes) -> bytes:
        """The next bytes, encrypted."""
        encrypted = self._aes.xor(data)
        self._aes.authenticate(encrypted)
        return encrypted

    def tail(self) -> bytes:
        """The authentication code."""
        return self._aes.code()


class AesReading:
    """WinZip's AES for one entry that is read; ``head`` is what stands before its data.

    ``fits`` tells all but one wrong password of 65,536. Raises `NoAes`.
    """

    def __init__(self, secrecy: Secrecy, password: bytes, head: bytes) -> None:
        salt = salt_bytes(secrecy)
        self._aes = _Aes(secrecy, password, head[:salt])
        self.fits = hmac.compare_digest(self._aes.verifier, head[salt:])

    def decrypt(self, data: bytes) -> bytes:
        """The next bytes, as they were."""
        self._aes.authenticate(data)
        return self._aes.xor(data)

    def is_authentic(self, code: bytes) -> bool:
        """Whether everything that was decrypted is what was encrypted."""
        return hmac.compare_digest(self._aes.code(), code)


def _block_cipher(key: bytes) -> Callable[[bytes], bytes]:
    try:
        from cryptography.hazmat.primitives.ciphers import Cipher
        from cryptography.hazmat.primitives.ciphers.algorithms import AES
        from cryptography.hazmat.primitives.ciphers.modes import ECB
    except ImportError:
        raise NoAes from None
    # single blocks of a counter: the library's own counter mode counts from the other end
    return Cipher(AES(key), ECB()).encryptor().update

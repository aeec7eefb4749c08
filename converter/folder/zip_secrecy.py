"""How a message lies in its file: plain XML, a zip, or a zip that is encrypted in one of seven ways.

The ways are kept in the state by their text, and what is sent back is written in the same way
(SPEC §6).
"""

from __future__ import annotations

import struct
import zipfile
from enum import Enum

AES_METHOD = 99
_ENCRYPTED = 0x1
_AES_FIELD = struct.Struct("<HHH2sBH")
_AES_ID = 0x9901


class Secrecy(Enum):
    """The encryption of a zip. ZIPCRYPTO is the one that 1C chooses where nobody does.

    Of WinZip's AES, AE-1 also tells the check sum of what is inside, AE-2 does not.
    """

    OPEN = ""
    ZIPCRYPTO = "zipcrypto"
    AE1_128 = "ae1-128"
    AE1_192 = "ae1-192"
    AE1_256 = "ae1-256"
    AE2_128 = "ae2-128"
    AE2_192 = "ae2-192"
    AE2_256 = "ae2-256"

    @property
    def is_aes(self) -> bool:
        """Whether it takes the extra of the package."""
        return self.value.startswith("ae")

    @property
    def version(self) -> int:
        """1 or 2, as in AE-1."""
        return int(self.value[2])

    @property
    def key_bytes(self) -> int:
        """The length of the key of AES."""
        return int(self.value[4:]) // 8

    @property
    def field(self) -> bytes:
        """The extra field with which a deflated entry says so."""
        strength = self.key_bytes // 8 - 1
        return _AES_FIELD.pack(_AES_ID, 7, self.version, b"AE", strength, zipfile.ZIP_DEFLATED)


def secrecy_of(entry: zipfile.ZipInfo) -> tuple[Secrecy, int]:
    """The encryption of an entry, and its compression method below that.

    Raises `ValueError` for AES that does not say which.
    """
    if entry.compress_type != AES_METHOD:
        encrypted = entry.flag_bits & _ENCRYPTED
        return Secrecy.ZIPCRYPTO if encrypted else Secrecy.OPEN, entry.compress_type
    extra = entry.extra
    while len(extra) >= 4:
        kind, length = struct.unpack_from("<HH", extra)
        if kind == _AES_ID and length == 7 <= len(extra) - 4 and entry.flag_bits & _ENCRYPTED:
            _, _, version, vendor, strength, method = _AES_FIELD.unpack_from(extra)
            if vendor == b"AE":
                return Secrecy(f"ae{version}-{strength * 64 + 64}"), method
        extra = extra[4 + length :]
    raise ValueError("AES without its parameters")


def form_of(inner: str | None, secrecy: Secrecy = Secrecy.OPEN) -> str:
    """The text of a way to write: ``xml``, ``zip``, ``zip+zipcrypto``, ``zip+ae2-256``."""
    if inner is None:
        return "xml"
    return f"zip+{secrecy.value}" if secrecy.value else "zip"


def form_named(text: str) -> tuple[str, Secrecy]:
    """``xml`` or ``zip``, and the encryption, out of such a text. Raises `ValueError`."""
    suffix, _, secrecy = text.partition("+")
    return suffix, Secrecy(secrecy)

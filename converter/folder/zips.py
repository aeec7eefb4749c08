"""Messages in zip archives: one XML inside, perhaps with a password; never unpacked, only streamed.

All that comes in is hostile (SPEC §5, §6): sizes are counted while reading, whatever the archive
says of them.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from hashlib import sha256
from typing import BinaryIO, NamedTuple, Protocol

from converter.folder.durable import PIECE
from converter.folder.zip_ciphers import NoAes
from converter.folder.zip_listing import MAGICS, check_end, only_entry
from converter.folder.zip_member import AesMember, WrongPassword
from converter.folder.zip_secrecy import Secrecy, form_of, secrecy_of
from converter.problems import Problem, Rejected, Said
from converter.problems import catalogue as say

LARGEST = 4 << 30
#: a deflated text is seldom smaller than a thirtieth; up to this size nobody counts
RATIO, FREE = 200, 10 << 20
#: names without the mark of UTF-8 are in the code page of DOS, which is this one in Russia
_DOS = "cp866"


class ByteStream(Protocol):
    """Where the bytes of a message come from."""

    def read(self, size: int, /) -> bytes: ...


class Opened(NamedTuple):
    """A message to be read; ``inner`` is its name in the zip, None for a plain file.

    ``form`` is how it lies there, as `form_of` says.
    """

    stream: ByteStream
    inner: str | None
    form: str = form_of(None)


@contextmanager
def open_message(file: BinaryIO, password: bytes | None, limit: int = LARGEST) -> Iterator[Opened]:
    """A message as a stream, out of a zip where the file is one, else as it is.

    The file must be seekable; it stays open. Raises `Rejected`, also out of reading: ZIP_CUT for
    an archive without its end, ZIP_DAMAGED, ZIP_PASSWORD, ZIP_NO_AES, ZIP_TOO_LARGE,
    ZIP_CONTENTS.
    """
    file.seek(0)
    head = file.read(4)
    file.seek(0)
    if not head or not any(magic.startswith(head) for magic in MAGICS):
        yield Opened(file, None)
        return
    size = check_end(file)
    try:
        archive = zipfile.ZipFile(file, metadata_encoding=_DOS)
    except (*_DAMAGE, NotImplementedError) as error:
        raise Rejected(say.ZIP_DAMAGED(reason=str(error))) from None
    with archive:
        entry = only_entry(archive.infolist(), size)
        secrecy, _ = secrecy_of(entry)
        with _member(file, archive, entry, secrecy, password, size) as member:
            stream = _Counted(member, entry, secrecy, min(entry.compress_size, size), limit)
            stream.begin()
            yield Opened(stream, entry.filename, form_of(entry.filename, secrecy))


def digest_of(stream: ByteStream) -> str:
    """The SHA-256 of a message, read to its end."""
    found = sha256()
    while data := stream.read(PIECE):
        found.update(data)
    return found.hexdigest()


#: what zipfile raises over archives that are not as they should be
_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    ValueError,
    LookupError,
    OverflowError,
)
_NEEDED = Said("он с паролем, а в настройках пароля нет", "it has a password, the settings none")
_WRONG = Said(
    "пароль не подходит или архив повреждён", "the password is wrong, or the archive is damaged"
)
_OTHER = Said("пароль не подходит", "the password is wrong")


def _member(
    file: BinaryIO,
    archive: zipfile.ZipFile,
    entry: zipfile.ZipInfo,
    secrecy: Secrecy,
    password: bytes | None,
    size: int,
) -> AbstractContextManager[ByteStream]:
    encrypted = secrecy is not Secrecy.OPEN
    if encrypted and not password:
        raise Rejected(say.ZIP_PASSWORD(reason=_NEEDED))
    try:
        if secrecy.is_aes:
            assert password is not None
            return nullcontext(AesMember(file, entry, password, size))
        member = archive.open(entry, pwd=password if encrypted else None)
    except NoAes:
        raise Rejected(say.ZIP_NO_AES()) from None
    except WrongPassword:
        raise Rejected(say.ZIP_PASSWORD(reason=_OTHER)) from None
    except RuntimeError as error:  # NotImplementedError too
        if encrypted:
            raise Rejected(say.ZIP_PASSWORD(reason=_WRONG)) from None
        raise Rejected(say.ZIP_DAMAGED(reason=str(error))) from None
    except _DAMAGE as error:
        raise Rejected(say.ZIP_DAMAGED(reason=str(error))) from None
    assert isinstance(member, zipfile.ZipExtFile)
    return member


class _Counted:
    """A member of an archive as a stream that says when it grows beyond all measure."""

    def __init__(
        self,
        member: ByteStream,
        entry: zipfile.ZipInfo,
        secrecy: Secrecy,
        packed: int,
        limit: int,
    ) -> None:
        self._member = member
        self._entry = entry
        self._secrecy = secrecy
        self._packed = packed
        self._limit = limit
        self._count = 0
        self._head = b""

    def begin(self) -> None:
        """Look at the first bytes: an archive inside the archive is refused."""
        if self._entry.file_size > self._limit:
            raise Rejected(say.ZIP_TOO_LARGE(limit=self._limit, ratio=RATIO))
        self._head = self._take(4)
        if self._head in MAGICS:
            found = Said("внутри ещё один архив", "there is another archive inside")
            raise Rejected(say.ZIP_CONTENTS(reason=found))

    def read(self, size: int, /) -> bytes:
        """The next bytes; nothing at the end, which must be where the archive says."""
        head, self._head = self._head[:size], self._head[size:]
        return head + self._take(size - len(head)) if len(head) < size else head

    def _take(self, size: int) -> bytes:
        try:
            data = self._member.read(size)
        except _DAMAGE as error:
            raise Rejected(self._damaged(str(error))) from None
        self._count += len(data)
        if self._count > self._limit or self._is_bomb():
            raise Rejected(say.ZIP_TOO_LARGE(limit=self._limit, ratio=RATIO))
        if not data and size and self._count != self._entry.file_size:
            raise Rejected(self._damaged(_SIZE))
        return data

    def _is_bomb(self) -> bool:
        return self._count > FREE and self._count > RATIO * self._packed

    def _damaged(self, reason: object) -> Problem:
        if self._secrecy is Secrecy.ZIPCRYPTO:
            return say.ZIP_PASSWORD(reason=_WRONG)
        return say.ZIP_DAMAGED(reason=reason)


_SIZE = Said("размер не тот, что указан", "the size is not what it says")

"""Files go over a connection piece by piece.

Only one end of each step is the server's, and only that is told as its failure: a disk that is full
here is no failure of a server.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import BinaryIO

from converter.folder.durable import PIECE

#: a block in which what a library raises becomes `FarFailed`
Told = Callable[[], AbstractContextManager[None]]


def fetch_pieces(read: Callable[[int], bytes], into: BinaryIO, told: Told) -> None:
    """Append to a local file what the server gives until there is no more. Raises `FarFailed`, and
    the `OSError` of the file here."""
    while True:
        with told():
            piece = read(PIECE)
        if not piece:
            return
        into.write(piece)


def send_pieces(
    source: BinaryIO,
    write: Callable[[bytes], object],
    told: Told,
    at_last: Callable[[], object] = lambda: None,
) -> None:
    """Give the server what is left to read in a local file; ``at_last`` is called before the last
    piece. Raises as `fetch_pieces` does."""
    piece = source.read(PIECE)
    while piece:
        following = source.read(PIECE)
        if not following:
            at_last()
        with told():
            write(piece)
        piece = following

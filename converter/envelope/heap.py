"""Memory management, suited to objects that are made and freed all the time.

glibc gives freed memory back to the system and joins its small pieces whenever a larger block is
freed, which happens here with every chunk of a message; both are then done again for the next
object. Python looks for cycles after every few hundred records, which have none. Leaving both be
saves a sixth of the work on a large message (docs/performance.md).
"""

from __future__ import annotations

import gc
import sys
from functools import cache

#: a message of more bytes is worth loading ctypes for
LARGE = 4 << 20
_M_MXFAST, _M_TRIM_THRESHOLD = 1, -1
_KEPT = 32 << 20
_MADE_BETWEEN_LOOKS = 50_000
_USUAL = gc.get_threshold()


@cache
def suit_large_message() -> None:
    """Set this process up for a large message, once."""
    gc.freeze()
    look_seldom()
    keep_freed_memory()


def look_seldom() -> None:
    """Look for cycles seldom while a command is loaded, which has few as well: looking for them
    takes a tenth of the time of a short one."""
    gc.set_threshold(_MADE_BETWEEN_LOOKS)


def look_as_usual() -> None:
    """Look for cycles as often as Python does by itself, but not among what is loaded by now: who
    makes many passes would else keep the parsers of hundreds of messages, each of which is a cycle
    of lxml's with the last piece of its message."""
    gc.freeze()
    gc.set_threshold(*_USUAL)


def look_no_more() -> None:
    """This process ends: the system takes back all at once, cycles and all."""
    gc.freeze()


def keep_freed_memory() -> bool:
    """Keep up to 32 MB of what is freed; whether the C library has such a setting."""
    if not sys.platform.startswith("linux"):
        return False
    import ctypes  # slow to load, and needed only here

    try:
        set_option = ctypes.CDLL(None).mallopt
    except AttributeError:  # another C library than glibc
        return False
    return bool(set_option(_M_TRIM_THRESHOLD, _KEPT) and set_option(_M_MXFAST, 0))

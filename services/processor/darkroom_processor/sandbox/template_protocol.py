"""What the service and the template say to each other, over a pair of sockets of their own.

    service → template    FORK number, with the child's end of a connection; KILL number
    template → service    ENDED number status

Each message has the same few bytes. The service numbers the children: a process id can come again, a number cannot.
"""

from enum import Enum
from struct import Struct
from typing import Final

_LAYOUT: Final = Struct("!cIi")
SIZE: Final = _LAYOUT.size
"""Bytes of a message."""

CANNOT_FORK: Final = 71
"""Status of a child that the system did not let be forked (EX_OSERR of sysexits.h)."""


class MessageKind(Enum):
    """What a message is about."""

    FORK = b"f"
    KILL = b"k"
    ENDED = b"e"


def written(word: MessageKind, number: int, status: int = 0) -> bytes:
    """Return the message. `status` is an exit status, negative for the signal that ended the child."""
    return _LAYOUT.pack(word.value, number, status)


def read(message: bytes) -> tuple[MessageKind, int, int]:
    """Return the word, the child's number and its status. Raises ValueError for an unknown word."""
    word, number, status = _LAYOUT.unpack(message)
    return MessageKind(word), number, status

"""The messages between the service and the template, over a pair of sockets of their own.

    service → template    FORK number, with the child's end of a connection; KILL number
    template → service    ENDED number status

All messages have the same length. The service numbers the children: the system may reuse a process id, but never a
number.
"""

from enum import Enum
from struct import Struct
from typing import Final

_LAYOUT: Final = Struct("!cIi")
SIZE: Final = _LAYOUT.size
"""Bytes of a message."""

CANNOT_FORK: Final = 71
"""Status of a child that the system refused to fork (EX_OSERR of sysexits.h)."""


class MessageKind(Enum):
    """The kind of a message: a request of the service, or news of the template."""

    FORK = b"f"
    KILL = b"k"
    ENDED = b"e"


def pack(kind: MessageKind, number: int, status: int = 0) -> bytes:
    """Return the message. `status` is an exit status, or the negative number of the signal that ended the child."""
    return _LAYOUT.pack(kind.value, number, status)


def unpack(message: bytes) -> tuple[MessageKind, int, int]:
    """Return the kind, the child's number and its status. Raises ValueError for an unknown kind."""
    kind, number, status = _LAYOUT.unpack(message)
    return MessageKind(kind), number, status

"""Users and sessions for tests. Users share one password, because hashing takes a while."""

from dataclasses import replace
from functools import cache
from typing import Final
from uuid import uuid4

from darkroom import clock
from darkroom.accounts.users import User
from darkroom_upload.sessions.device import Device
from darkroom_upload.sessions.session import Session

PASSWORD: Final = "correct horse battery"
DEVICE: Final = Device(browser="Browser/1.0", address="198.51.100.1")
TOKEN: Final = "a token"
SESSION: Final = Session.begin(
    User(
        name="ann",
        owner="studio",
        password_hash="",
        created_at=clock.parse("2026-11-25T05:15:26.310Z"),
        version="1",
    ),
    last_logout="",
    token=TOKEN,
    moment=clock.parse("2026-11-30T12:00:00.000Z"),
    device=DEVICE,
)
"""The session of a user `ann` of the owner `studio`, by the token `TOKEN`. It is not stored."""


def somebody(*, owner: str = "studio") -> User:
    """Return a new user with a name of its own. It is not stored yet."""
    return replace(_first(), name=f"ann-{uuid4().hex}", owner=owner)


@cache
def _first() -> User:
    return User.of("ann", owner="studio", password=PASSWORD, created_at=clock.parse("2026-11-25T05:15:26.310Z"))

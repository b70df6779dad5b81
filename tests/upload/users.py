"""Users for tests. They share one password, because hashing takes a while."""

from dataclasses import replace
from functools import cache
from typing import Final
from uuid import uuid4

from darkroom import clock
from darkroom.accounts.users import User

PASSWORD: Final = "correct horse battery"


def somebody(*, owner: str = "studio") -> User:
    """Return a new user with a name of its own. It is not stored yet."""
    return replace(_first(), name=f"ann-{uuid4().hex}", owner=owner)


@cache
def _first() -> User:
    return User.of("ann", owner="studio", password=PASSWORD, created_at=clock.parse("2026-11-25T05:15:26.310Z"))

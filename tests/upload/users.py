"""Users for tests. All have one password, hashed once: that takes a while."""

from dataclasses import replace
from functools import cache
from typing import Final
from uuid import uuid4

from darkroom import clock
from darkroom.accounts.users import User

PASSWORD: Final = "correct horse battery"


def somebody(*, owner: str = "studio") -> User:
    """A user whom nobody has heard of, not written yet."""
    return replace(_first(), name=f"ann-{uuid4().hex}", owner=owner)


@cache
def _first() -> User:
    return User.of("ann", owner="studio", password=PASSWORD, created_at=clock.parse("2026-11-25T05:15:26.310Z"))

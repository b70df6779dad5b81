"""Users: who may log in to the dashboard, and as which owner. Operators make them, the upload service reads them."""

import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Self

from darkroom.accounts.passwords import LONGEST, SHORTEST, hashed

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class User:
    """A user as they are kept: not their password."""

    name: str
    owner: str
    password_hash: str = field(repr=False)
    created_at: datetime
    version: str
    """Changes with each change of the user, and ends the sessions that began under another one."""
    disabled_at: datetime | None = None

    @classmethod
    def of(cls, name: str, *, owner: str, password: str, created_at: datetime) -> Self:
        """A new user. Raises ValueError for a name or a password that is not taken."""
        return cls(
            name=read_name(name),
            owner=owner,
            password_hash=hashed(read_password(password)),
            created_at=created_at,
            version=_new_version(),
        )

    def with_password(self, password: str) -> Self:
        """The user with another password, logged out everywhere. Raises ValueError for one that is not taken."""
        return replace(self, password_hash=hashed(read_password(password)), version=_new_version())

    def disabled(self, moment: datetime) -> Self:
        """The user who may not log in any more, and is logged out everywhere."""
        return replace(self, disabled_at=self.disabled_at or moment, version=_new_version())

    def enabled(self) -> Self:
        """The user who may log in again."""
        return replace(self, disabled_at=None, version=_new_version())

    def logged_out(self) -> Self:
        """The user who may go on, but has to log in anew everywhere."""
        return replace(self, version=_new_version())


def is_name(text: str) -> bool:
    """Whether a user can be called that."""
    return bool(_NAME.fullmatch(text))


def read_name(text: str) -> str:
    """A user's name, of which capitals are no part. Raises ValueError for what can be none."""
    name = text.lower()
    if not is_name(name):
        raise ValueError(
            "A user's name must have 1 to 64 characters: a letter or a digit, then letters, digits and . _ @ + -."
        )
    return name


def read_password(text: str) -> str:
    """A password that may be set. Raises ValueError for one that is too short to stand alone, or too long."""
    if not SHORTEST <= len(text) <= LONGEST:
        raise ValueError(f"A password must have {SHORTEST} to {LONGEST} characters.")
    return text


def _new_version() -> str:
    """Random, so that a write that the SDK repeats changes nothing more."""
    return secrets.token_hex(8)

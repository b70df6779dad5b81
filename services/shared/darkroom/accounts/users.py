"""Users: people who log in to the dashboard for an owner. Operators make them, the upload service reads them."""

import re
import secrets
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Self

from darkroom.accounts.passwords import LONGEST, SHORTEST, hashed

_NAME: Final = re.compile(r"[a-z0-9][a-z0-9._@+-]{0,63}")


@dataclass(frozen=True, kw_only=True)
class User:
    """A user as stored, with the hash of the password."""

    name: str
    owner: str
    password_hash: str = field(repr=False)
    created_at: datetime
    version: str
    """A random text that changes with each change of the user. Sessions of another version are over."""
    disabled_at: datetime | None = None

    @classmethod
    def of(cls, name: str, *, owner: str, password: str, created_at: datetime) -> Self:
        """Return a new user. Raises ValueError if the name or the password is not valid."""
        return cls(
            name=read_name(name),
            owner=owner,
            password_hash=hashed(read_password(password)),
            created_at=created_at,
            version=_new_version(),
        )

    def with_password(self, password: str) -> Self:
        """Return the user with another password, logged out everywhere. Raises ValueError if it is not valid."""
        return replace(self, password_hash=hashed(read_password(password)), version=_new_version())

    def disabled(self, moment: datetime) -> Self:
        """Return the user, disabled and logged out everywhere."""
        return replace(self, disabled_at=self.disabled_at or moment, version=_new_version())

    def enabled(self) -> Self:
        """Return the user, who may log in again."""
        return replace(self, disabled_at=None, version=_new_version())

    def logged_out(self) -> Self:
        """Return the user, logged out everywhere."""
        return replace(self, version=_new_version())


def is_name(text: str) -> bool:
    """Return whether this is a valid name of a user."""
    return bool(_NAME.fullmatch(text))


def read_name(text: str) -> str:
    """Return a user's name in lower case. Raises ValueError if it is not valid."""
    name = text.lower()
    if not is_name(name):
        raise ValueError(
            "A user's name must have 1 to 64 characters: a letter or a digit, then letters, digits and . _ @ + -."
        )
    return name


def read_password(text: str) -> str:
    """Return a password. Raises ValueError if it is too short or too long."""
    if not SHORTEST <= len(text) <= LONGEST:
        raise ValueError(f"A password must have {SHORTEST} to {LONGEST} characters.")
    return text


def _new_version() -> str:
    """Return a random version. A write that the SDK repeats has the same one, and so changes nothing more."""
    return secrets.token_hex(8)

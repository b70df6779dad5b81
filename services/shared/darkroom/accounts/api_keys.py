"""API keys: what one opens, and whose it is. The upload service reads them, operators make and revoke them.

A key is 256 random bits, so that a plain SHA-256 of it is as hard to turn back as a slow hash would be. Only that hash
is kept, and a key is found by it: nothing compares secrets character by character, so that no timing tells of one.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from darkroom.accounts.allowances import DEFAULTS, KeyLimits

PREFIX: Final = "dk_"
"""How a key that was made here begins: for people, and for scanners that look for secrets in code."""
SHOWN_CHARACTERS: Final = 11
"""How much of a key is kept in clear to tell it from others: 48 bits, which leaves 208 secret."""
_BYTES: Final = 32


class Scope(StrEnum):
    """What a caller may do."""

    UPLOAD = "upload"
    """Send images, and change jobs and webhook secrets."""
    READ = "read"
    """See jobs, pictures and recipes."""
    ADMIN = "admin"
    """All that an owner can do, now and in later versions."""


ALL_SCOPES: Final = frozenset(Scope)


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """A key as it is kept: not the key itself."""

    digest: str
    """SHA-256 of the key, hexadecimal."""
    prefix: str
    """The first characters of the key, by which people tell it from others."""
    owner: str
    name: str
    """What it is for; for people."""
    created_at: datetime
    scopes: frozenset[Scope] = ALL_SCOPES
    limits: KeyLimits = DEFAULTS
    callback_url: str | None = None
    """For jobs whose request gives none."""
    revoked_at: datetime | None = None

    @classmethod
    def of(
        cls,
        key: str,
        *,
        owner: str,
        name: str,
        created_at: datetime,
        scopes: frozenset[Scope] = ALL_SCOPES,
        limits: KeyLimits = DEFAULTS,
        callback_url: str | None = None,
    ) -> Self:
        """What is kept of a key."""
        return cls(
            digest=digest_of(key),
            prefix=key[:SHOWN_CHARACTERS],
            owner=owner,
            name=name,
            created_at=created_at,
            scopes=scopes,
            limits=limits,
            callback_url=callback_url,
        )


def generate() -> str:
    """A new key. It is shown once, and nobody can find it again."""
    return PREFIX + secrets.token_urlsafe(_BYTES)


def digest_of(key: str) -> str:
    """Under which a key is kept. Takes any text: what clients send need not be Unicode."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()

"""API keys: their owner, scopes and limits. Operators make and revoke them, the upload service reads them.

Only the SHA-256 of a key is stored. A key is 256 random bits, so a slow hash would not protect it better. The service
finds a key by its hash and never compares secrets character by character, so the time of an answer reveals nothing.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, Self

from darkroom.accounts.allowances import DEFAULTS, KeyLimits

PREFIX: Final = "dk_"
"""Beginning of every key, for people and for scanners that look for secrets in code."""
SHOWN_CHARACTERS: Final = 11
"""Characters of a key that are stored as they are, to tell it from others: 48 of its 256 bits."""
_BYTES: Final = 32


class Scope(StrEnum):
    """What a caller may do."""

    UPLOAD = "upload"
    """Send images, and change jobs and webhook secrets."""
    READ = "read"
    """Read jobs, results and presets."""
    RECIPES = "recipes"
    """Put and delete presets."""
    ADMIN = "admin"
    """Everything that an owner can do, also in later versions."""


ALL_SCOPES: Final = frozenset(Scope)


@dataclass(frozen=True, kw_only=True)
class ApiKey:
    """What is stored of a key: its hash and its settings, not the key."""

    digest: str
    """SHA-256 of the key, in hexadecimal."""
    prefix: str
    """The first characters of the key, so that people can tell it from others."""
    owner: str
    name: str
    """Purpose of the key, in words of an operator."""
    created_at: datetime
    scopes: frozenset[Scope] = ALL_SCOPES
    limits: KeyLimits = DEFAULTS
    callback_url: str | None = None
    """Callback URL of jobs whose request has none."""
    keep_original: bool = False
    """Whether jobs keep their originals if neither the request nor the recipe says so."""
    publish: bool = False
    """Whether jobs are published if neither the request nor the recipe says so."""
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
        keep_original: bool = False,
    ) -> Self:
        """Return what is stored of a key."""
        return cls(
            digest=digest_of(key),
            prefix=key[:SHOWN_CHARACTERS],
            owner=owner,
            name=name,
            created_at=created_at,
            scopes=scopes,
            limits=limits,
            callback_url=callback_url,
            keep_original=keep_original,
        )


def generate() -> str:
    """Return a new key. Show it once: it cannot be recovered."""
    return PREFIX + secrets.token_urlsafe(_BYTES)


def digest_of(key: str) -> str:
    """Return the hash under which a key is stored. Accepts any text, also with lone surrogates."""
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()

"""Sessions of the dashboard. A cookie stands for one.

The cookie holds a token of 256 random bits. The service keeps only its SHA-256, as it does for an API key. A session
lives for twelve hours from the login; using it does not extend it.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Self

from darkroom.accounts.api_keys import digest_of
from darkroom.accounts.users import User

LIFETIME: Final = timedelta(hours=12)
"""A day's work."""
_BYTES: Final = 32


@dataclass(frozen=True, kw_only=True)
class Session:
    """A session as the accounts table keeps it, without its token."""

    id: str
    """SHA-256 of the token, hexadecimal."""
    user: str
    owner: str
    user_version: str
    """The user's version at the login. A later change of the user ends the session."""
    last_logout: str
    """Names the user's last logout from all sessions before the login; empty if there was none."""
    expires_at: datetime
    csrf_token: str = field(default="", repr=False)
    """The text by which a page of the dashboard proves what it is. Derived from the token, and not stored."""

    @classmethod
    def begin(cls, user: User, *, last_logout: str, token: str, moment: datetime) -> Self:
        """Return the session of a user who has just logged in."""
        return cls(
            id=digest_of(token),
            user=user.name,
            owner=user.owner,
            user_version=user.version,
            last_logout=last_logout,
            # The table keeps whole seconds.
            expires_at=(moment + LIFETIME).replace(microsecond=0),
            csrf_token=csrf_token_of(token),
        )


def new_token() -> str:
    """Return the token of a new session."""
    return secrets.token_urlsafe(_BYTES)


def csrf_token_of(token: str) -> str:
    """Return the CSRF token of a session's token. Pages may show it: the session's token does not follow from it."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), b"csrf", "sha256").hexdigest()

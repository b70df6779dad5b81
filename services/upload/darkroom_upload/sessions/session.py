"""Sessions of the dashboard: what a cookie stands for.

The cookie holds a token of 256 random bits, of which only the SHA-256 is kept, as of an API key. A session lives for
twelve hours from its login, whatever is done with it meanwhile.
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
    """A session as it is kept: not its token."""

    id: str
    """SHA-256 of the token, hexadecimal."""
    user: str
    owner: str
    user_version: str
    """As it was at the login: who has been changed since then is logged out."""
    farewell: str
    """The user's last logout everywhere before the login; empty without one."""
    expires_at: datetime
    csrf_token: str = field(default="", repr=False)
    """What a page of the dashboard shows to prove that it is one; not kept, since it follows from the token."""

    @classmethod
    def begin(cls, user: User, *, farewell: str, token: str, moment: datetime) -> Self:
        """The session of a user who has just logged in."""
        return cls(
            id=digest_of(token),
            user=user.name,
            owner=user.owner,
            user_version=user.version,
            farewell=farewell,
            # Whole seconds, as it is kept.
            expires_at=(moment + LIFETIME).replace(microsecond=0),
            csrf_token=csrf_token_of(token),
        )


def new_token() -> str:
    """A new session's token."""
    return secrets.token_urlsafe(_BYTES)


def csrf_token_of(token: str) -> str:
    """Told to pages that may read answers, and of no use to anybody else: it does not lead back to the session's."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), b"csrf", "sha256").hexdigest()

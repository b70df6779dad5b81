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
from darkroom.errors import PasswordNeeded
from darkroom_upload.sessions.device import Device

LIFETIME: Final = timedelta(hours=12)
"""A day's work."""
PASSWORD_PERIOD: Final = timedelta(minutes=10)
"""How long after a login the session may do what needs the password."""
SHOWN_CHARACTERS: Final = 16
"""Characters of a session's id that people see: 64 of its 256 bits. They tell sessions apart, and open nothing."""
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
    begun_at: datetime
    expires_at: datetime
    device: Device
    csrf_token: str = field(default="", repr=False)
    """The text by which a page of the dashboard proves what it is. Derived from the token, and not stored."""

    @classmethod
    def begin(cls, user: User, *, last_logout: str, token: str, moment: datetime, device: Device) -> Self:
        """Return the session of a user who has just given their password."""
        return cls(
            id=digest_of(token),
            user=user.name,
            owner=user.owner,
            user_version=user.version,
            last_logout=last_logout,
            # The table keeps whole seconds.
            begun_at=moment.replace(microsecond=0),
            expires_at=(moment + LIFETIME).replace(microsecond=0),
            device=device,
            csrf_token=csrf_token_of(token),
        )

    @property
    def shown_id(self) -> str:
        """The beginning of the id, by which people name the session."""
        return self.id[:SHOWN_CHARACTERS]

    @property
    def password_until(self) -> datetime:
        """The moment until which the session may do what needs the password."""
        return self.begun_at + PASSWORD_PERIOD

    def require_password(self, moment: datetime) -> None:
        """Raise PasswordNeeded unless the user has given the password within the last ten minutes."""
        if moment >= self.password_until:
            raise PasswordNeeded(
                "This needs your password again: you gave it more than 10 minutes ago. Log in again, and repeat the "
                "request."
            )


def new_token() -> str:
    """Return the token of a new session."""
    return secrets.token_urlsafe(_BYTES)


def csrf_token_of(token: str) -> str:
    """Return the CSRF token of a session's token. Pages may show it: the session's token does not follow from it."""
    return hmac.new(token.encode("utf-8", "surrogatepass"), b"csrf", "sha256").hexdigest()

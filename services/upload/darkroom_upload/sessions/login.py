"""Logging in with a name and a password, with limits on guessing.

Three limits count every attempt before the password is checked:

    an address, with any name           stops one place that tries the passwords of many users
    a user from one address             stops guesses at one user's password; a success resets the count
    a user from unknown addresses       stops the same guesses from many places

The last one does not count attempts from addresses at which the user has logged in within 30 days. So nobody can lock
a user out of their usual place from elsewhere. They can lock the user out of a new place, while the guessing goes on.
"""

import asyncio
from dataclasses import dataclass, field
from typing import Final

from darkroom.accounts.passwords import NOBODYS, canonical, is_password
from darkroom.accounts.users import User, is_name
from darkroom.errors import RateLimited, Unauthenticated, Unavailable
from darkroom.runtime.logs import get_logger
from darkroom.tables.user_table import UserTable
from darkroom_upload.sessions.login_attempts import AttemptLimit, LoginAttempts

_LOG = get_logger(__name__)

OF_ADDRESS: Final = AttemptLimit(name="address", most=100, window_seconds=10 * 60)
OF_USER_AND_ADDRESS: Final = AttemptLimit(name="user-and-address", most=5, window_seconds=5 * 60)
OF_USER: Final = AttemptLimit(name="user", most=50, window_seconds=60 * 60)

_DEVELOPMENT_PASSWORD: Final = "demo-password"  # noqa: S105 - it is in every clone, and so opens nothing elsewhere
_CHECKS_AT_ONCE: Final = 2
"""Each check of a password takes 19 MiB and a thread."""
_MOST_CHECKS: Final = 16
"""Checks that run or wait."""


class PasswordChecks:
    """Checks passwords, a few at a time."""

    def __init__(self) -> None:
        self.waiting = 0
        """Checks that run or wait."""
        self._running = asyncio.Semaphore(_CHECKS_AT_ONCE)

    async def __call__(self, password: str, password_hash: str) -> bool:
        """Say whether the password fits the hash. Raises Unavailable if too many checks wait."""
        if self.waiting >= _MOST_CHECKS:
            raise Unavailable("Too many logins are under way. Try again in a moment.")
        self.waiting += 1
        try:
            async with self._running:
                return await asyncio.to_thread(is_password, password, password_hash)
        finally:
            self.waiting -= 1


@dataclass(frozen=True, kw_only=True)
class LogIn:
    """Finds the user of a name and a password."""

    users: UserTable
    attempts: LoginAttempts
    development: bool
    checks: PasswordChecks = field(default_factory=PasswordChecks)

    async def __call__(self, name: str, password: str, *, address: str) -> User:
        """Return the user. Raises Unauthenticated, RateLimited and Unavailable.

        Neither the answer nor the time that it takes shows whether a user of that name exists.
        """
        name = name.lower()
        await self._limit(name, address)
        user = await self.users.find(name) if is_name(name) else None
        is_right = await self.checks(password, user.password_hash if user else NOBODYS)
        if user is None or user.disabled_at or not is_right or not self._is_allowed(password):
            _LOG.info("login_failed")
            raise Unauthenticated("The name or the password is wrong.")
        await asyncio.gather(
            self.attempts.reset(OF_USER_AND_ADDRESS, name, address), self.attempts.remember_address(name, address)
        )
        _LOG.info("login_succeeded", user=user.name)
        return user

    async def _limit(self, name: str, address: str) -> None:
        await self._count(OF_ADDRESS, address)
        await self._count(OF_USER_AND_ADDRESS, name, address)
        if not await self.attempts.is_known_address(name, address):
            await self._count(OF_USER, name)

    async def _count(self, limit: AttemptLimit, *subject: str) -> None:
        seconds = await self.attempts.count(limit, *subject)
        if seconds:
            _LOG.info("login_held_back", limit=limit.name)
            raise RateLimited(
                f"Too many attempts to log in. Try again in {seconds} seconds.", retry_after_seconds=seconds
            )

    def _is_allowed(self, password: str) -> bool:
        """Refuse, outside development, the password that every clone of the repository contains."""
        return self.development or canonical(password) != _DEVELOPMENT_PASSWORD

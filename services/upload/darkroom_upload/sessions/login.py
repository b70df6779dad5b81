"""Logging in with a name and a password, as slowly as guessing has to be.

Three guards count every attempt before the password is looked at:

    an address, whoever it asks for     many users' passwords tried from one place
    a user from one address             one user's password guessed; a success begins anew
    a user from unknown addresses       the same from many places

The last one does not count attempts from addresses from which the user has logged in within 30 days. So nobody can
lock a user out of their usual place from elsewhere, and out of a new one only while the guessing goes on.
"""

import asyncio
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
_AT_ONCE: Final = 2
"""Verifications at a time, of 19 MiB and a thread each."""
_WAITING: Final = 16


class LogIn:
    """Tells the user of a name and a password."""

    def __init__(self, users: UserTable, attempts: LoginAttempts, *, development: bool) -> None:
        self._users = users
        self._attempts = attempts
        self._development = development
        self._verifying = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    async def __call__(self, name: str, password: str, *, address: str) -> User:
        """The user. Raises Unauthenticated, RateLimited and Unavailable.

        Neither the answer nor the time that it takes tells whether there is a user of that name.
        """
        name = name.lower()
        await self._hold_back(name, address)
        user = await self._users.find(name) if is_name(name) else None
        right = await self._verify(password, user.password_hash if user else NOBODYS)
        if user is None or user.disabled_at or not right or not self._may_be_used(password):
            _LOG.info("login_failed")
            raise Unauthenticated("The name or the password is wrong.")
        await asyncio.gather(
            self._attempts.forget(OF_USER_AND_ADDRESS, name, address), self._attempts.acquaint(name, address)
        )
        _LOG.info("login_succeeded", user=user.name)
        return user

    async def _hold_back(self, name: str, address: str) -> None:
        await self._count(OF_ADDRESS, address)
        await self._count(OF_USER_AND_ADDRESS, name, address)
        if not await self._attempts.are_acquainted(name, address):
            await self._count(OF_USER, name)

    async def _count(self, guard: AttemptLimit, *subject: str) -> None:
        seconds = await self._attempts.count(guard, *subject)
        if seconds:
            _LOG.info("login_held_back", guard=guard.name)
            raise RateLimited(
                f"Too many attempts to log in. Try again in {seconds} seconds.", retry_after_seconds=seconds
            )

    async def _verify(self, password: str, password_hash: str) -> bool:
        if self._waiting >= _WAITING:
            raise Unavailable("Too many logins are under way. Try again in a moment.")
        self._waiting += 1
        try:
            async with self._verifying:
                return await asyncio.to_thread(is_password, password, password_hash)
        finally:
            self._waiting -= 1

    def _may_be_used(self, password: str) -> bool:
        return self._development or canonical(password) != _DEVELOPMENT_PASSWORD

"""Sessions: how they begin, are found, and end."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Final

from darkroom.accounts.api_keys import digest_of
from darkroom.accounts.users import User
from darkroom.tables.user_table import UserTable
from darkroom_upload.expiring_cache import ExpiringCache
from darkroom_upload.sessions.session import Session, csrf_token_of, new_token
from darkroom_upload.sessions.session_table import SessionTable

FRESH_SECONDS: Final = 10
"""How long a task may still accept a session that another task or an operator has ended."""
_LONGEST_TOKEN: Final = 64


class Sessions:
    """Begins, finds and ends sessions, and remembers them for some seconds. All methods raise Unavailable."""

    def __init__(
        self,
        table: SessionTable,
        users: UserTable,
        *,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._table = table
        self._users = users
        self._now = now
        self._known = ExpiringCache[Session](FRESH_SECONDS, monotonic=monotonic)
        self._endings = 0

    async def begin(self, user: User, *, instead_of: str | None = None) -> tuple[Session, str]:
        """Begin a session, and return it with its token. The session of the token `instead_of` ends.

        The token is always new: a token that the client brings along is never used again.
        """
        token = new_token()
        last_logout = await self._table.last_logout(user.name)
        session = Session.begin(user, last_logout=last_logout, token=token, moment=self._now())
        await self._table.put(session)
        before = await self.find(instead_of) if instead_of else None
        if before:
            await self.end(before)
        return session, token

    async def find(self, token: str, *, fresh: bool = False) -> Session | None:
        """Return the session of a token, or None if it has expired or ended. With `fresh`, always ask the table."""
        if len(token) > _LONGEST_TOKEN:
            return None
        session_id = digest_of(token)
        if fresh:
            self._known.drop(session_id)
        session = self._known.get(session_id) or await self._look_up(session_id, token)
        return session if session and self._now() < session.expires_at else None

    async def end(self, session: Session) -> None:
        """End one session: it expires now. DynamoDB removes the item later."""
        await self._table.put(replace(session, expires_at=self._now()))
        self._endings += 1
        self._known.drop(session.id)

    async def end_all(self, session: Session) -> None:
        """End all sessions of this session's user."""
        await self._table.record_logout(session.user, secrets.token_hex(8))
        self._endings += 1
        self._known.clear()

    async def _look_up(self, session_id: str, token: str) -> Session | None:
        """Read a session, and remember it if it is valid: guessed tokens must not push valid ones out.

        What was read while a session ended here may be out of date. It is not remembered.
        """
        endings = self._endings
        session = await self._table.find(session_id)
        if session is None or not await self._is_valid(session):
            return None
        session = replace(session, csrf_token=csrf_token_of(token))
        if endings == self._endings:
            self._known.put(session_id, session)
        return session

    async def _is_valid(self, session: Session) -> bool:
        """Say whether the user may log in, is unchanged, and has not ended all sessions since this one began."""
        user, last_logout = await asyncio.gather(self._users.find(session.user), self._table.last_logout(session.user))
        if user is None or user.disabled_at is not None:
            return False
        return (user.version, last_logout) == (session.user_version, session.last_logout)

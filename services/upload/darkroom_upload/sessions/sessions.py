"""Sessions as they begin, are found, and end."""

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from darkroom import clock
from darkroom.accounts.api_keys import digest_of
from darkroom.accounts.users import User
from darkroom.tables.user_table import UserTable
from darkroom_upload.expiring_cache import ExpiringCache
from darkroom_upload.sessions.session import Session, csrf_token_of, new_token
from darkroom_upload.sessions.session_table import SessionTable

FRESH_SECONDS: Final = 10
"""How long a task may go on to take a session that was ended elsewhere: by another task, or by an operator."""
_LONGEST_TOKEN: Final = 64


class Sessions:
    """All methods raise Unavailable."""

    def __init__(
        self, table: SessionTable, users: UserTable, *, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._table = table
        self._users = users
        self._recent = ExpiringCache[Session](FRESH_SECONDS, clock=monotonic)
        self._endings = 0

    async def begin(self, user: User, *, instead_of: str | None = None) -> tuple[Session, str]:
        """A new session and its token: never one that a client has brought along, whose session ends."""
        token = new_token()
        farewell = await self._table.farewell(user.name)
        session = Session.begin(user, farewell=farewell, token=token, moment=clock.now())
        await self._table.put(session)
        before = await self.find(instead_of) if instead_of else None
        if before:
            await self.end(before)
        return session, token

    async def find(self, token: str, *, fresh: bool = False) -> Session | None:
        """The session of that token, unless it has expired or been ended; with `fresh`, at this moment."""
        if len(token) > _LONGEST_TOKEN:
            return None
        session_id = digest_of(token)
        if fresh:
            self._recent.drop(session_id)
        session = self._recent.get(session_id) or await self._look_up(session_id, token)
        return session if session and clock.now() < session.expires_at else None

    async def end(self, session: Session) -> None:
        """Log out: the session expires now. DynamoDB removes it in its own time."""
        await self._table.put(replace(session, expires_at=clock.now()))
        self._endings += 1
        self._recent.drop(session.id)

    async def end_all(self, session: Session) -> None:
        """Log the session's user out everywhere."""
        await self._table.say_farewell(session.user, secrets.token_hex(8))
        self._endings += 1
        self._recent.clear()

    async def _look_up(self, session_id: str, token: str) -> Session | None:
        """Only sessions that hold are remembered: guesses would else push them out.

        Nor is what was read while somebody logged out: it may be what was true before.
        """
        endings = self._endings
        session = await self._table.find(session_id)
        if session is None or not await self._holds(session):
            return None
        session = replace(session, csrf_token=csrf_token_of(token))
        if endings == self._endings:
            self._recent.put(session_id, session)
        return session

    async def _holds(self, session: Session) -> bool:
        """Whether the user may still be logged in, has not been changed, and has not logged out everywhere since."""
        user, farewell = await asyncio.gather(self._users.find(session.user), self._table.farewell(session.user))
        if user is None or user.disabled_at is not None:
            return False
        return (user.version, farewell) == (session.user_version, session.farewell)

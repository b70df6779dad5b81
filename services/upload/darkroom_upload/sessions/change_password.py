"""A user's new password. It ends all their sessions; the browser that sent it gets a new one."""

import asyncio
from dataclasses import dataclass

from darkroom.errors import Conflict, MalformedRequest, WrongPassword
from darkroom.runtime.logs import get_logger
from darkroom.tables.user_table import UserTable
from darkroom_upload.sessions.device import Device
from darkroom_upload.sessions.login import LogIn
from darkroom_upload.sessions.session import Session
from darkroom_upload.sessions.session_lifecycle import Sessions

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class ChangePassword:
    """Sets the password of the user of a session."""

    log_in: LogIn
    """Checks the present password. Wrong ones count as attempts to log in, so a stolen session gains no more guesses.
    """
    users: UserTable
    sessions: Sessions

    async def __call__(self, session: Session, current: str, new: str, *, device: Device) -> tuple[Session, str]:
        """Set the password, end all sessions of the user, and begin a new one. Return it with its token.

        Raises WrongPassword, RateLimited, Conflict if the user is changed at the same moment, MalformedRequest if the
        new password may not be used, and Unavailable.
        """
        if not self.log_in.is_allowed(new):
            raise MalformedRequest("This password is published with the source code. Choose another one.")
        user = await self.log_in.user_of(session.user, current, address=device.address)
        if user is None:
            raise WrongPassword("The present password is another one.")
        # Hashing takes tens of milliseconds of CPU.
        changed = await asyncio.to_thread(user.with_password, new)
        if not await self.users.change(changed, instead_of=user):
            raise Conflict("The user was changed at the same moment. Log in again.")
        self.sessions.forget()
        _LOG.info("password_changed", user=user.name)
        return await self.sessions.begin(changed, device=device)

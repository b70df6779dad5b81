"""What a user may do with the keys of their owner: list, make, revoke."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final

from darkroom.accounts.api_keys import ApiKey, Scope, generate
from darkroom.clock import Clock
from darkroom.errors import NotFound, RateLimited
from darkroom.runtime.logs import get_logger
from darkroom.tables.api_key_table import KeyTable
from darkroom.topology import DAY_SECONDS
from darkroom_upload.callers.caller import Caller
from darkroom_upload.keys.key_writes import KeyWrites
from darkroom_upload.sessions.login_attempts import AttemptLimit, LoginAttempts

_LOG = get_logger(__name__)

OF_OWNER: Final = AttemptLimit(name="new-keys", most=20, window_seconds=DAY_SECONDS)
"""New keys of an owner in a day. Revoked keys stay listed for 30 days, so this also bounds the list."""


@dataclass(frozen=True, kw_only=True)
class NewKey:
    """What a user wants of a new key."""

    name: str
    scopes: frozenset[Scope]
    expires_in_days: int | None
    keep_original: bool
    publish: bool


@dataclass(frozen=True, kw_only=True)
class ManageKeys:
    """Lists, makes and revokes keys. All methods raise Unavailable."""

    keys: KeyTable
    writes: KeyWrites
    attempts: LoginAttempts
    now: Clock

    async def listed(self, owner: str) -> list[ApiKey]:
        """Return the owner's keys, the newest first, with those that have ended within the last 30 days."""
        return (await self.keys.of_owner(owner))[::-1]

    async def make(self, wanted: NewKey, caller: Caller) -> tuple[ApiKey, str]:
        """Make a key, and return it with its secret text, which is stored nowhere.

        Raises PasswordNeeded, Forbidden for a scope that the caller lacks, RateLimited, and Conflict if the owner has
        as many keys as allowed.
        """
        moment, session = self.now(), caller.require_session()
        session.require_password(moment)
        for scope in wanted.scopes:
            caller.require(scope, reason="A key cannot have more scopes than the caller who makes it.")
        seconds = await self.attempts.count(OF_OWNER, caller.owner)
        if seconds:
            raise RateLimited(
                f"{OF_OWNER.most} API keys were made today, the most in a day. Try again in {seconds} seconds.",
                retry_after_seconds=seconds,
            )
        text = generate()
        key = replace(
            ApiKey.of(text, owner=caller.owner, name=wanted.name, created_at=moment, scopes=wanted.scopes),
            made_by=session.user,
            expires_at=moment + timedelta(days=wanted.expires_in_days) if wanted.expires_in_days else None,
            keep_original=wanted.keep_original,
            publish=wanted.publish,
        )
        await self.writes.add(key)
        _LOG.info("key_made", user=session.user, key=key.prefix)
        return key, text

    async def revoke(self, prefix: str, caller: Caller) -> None:
        """Revoke the keys of the caller's owner that begin so: one, or none if it is revoked already.

        Raises PasswordNeeded, and NotFound if no key of the owner begins so.
        """
        moment, session = self.now(), caller.require_session()
        session.require_password(moment)
        found = [key for key in await self.keys.of_owner(caller.owner) if key.prefix == prefix]
        if not found:
            raise NotFound("You have no API key that begins so.")
        for key in found:
            if key.revoked_at is None:
                await self.keys.revoke(key.digest, moment)
                _LOG.info("key_revoked", user=session.user, key=key.prefix)

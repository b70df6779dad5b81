"""The caller of a request, and what they may do, however they identified themselves."""

from dataclasses import dataclass
from datetime import datetime

from darkroom.accounts.allowances import NO_LIMITS, Allowance
from darkroom.accounts.api_keys import ALL_SCOPES, Scope
from darkroom.errors import Forbidden
from darkroom.tables.daily_counter import Charge
from darkroom.tables.usage_history import SESSIONS
from darkroom_upload.sessions.session import Session


@dataclass(frozen=True, kw_only=True)
class Caller:
    """An owner, identified by one of their API keys or by a session."""

    owner: str
    scopes: frozenset[Scope] = ALL_SCOPES
    key_id: str | None = None
    """SHA-256 of the API key, hexadecimal; None for a session."""
    session: Session | None = None
    """None for an API key."""
    allowance: Allowance = NO_LIMITS
    callback_url: str | None = None
    """Callback URL of jobs whose request names none."""
    keep_original: bool = False
    """Whether jobs keep their originals if neither the request nor the recipe says so."""
    publish: bool = False
    """Whether jobs are published if neither the request nor the recipe says so."""

    key_prefix: str | None = None
    """Beginning of the API key, by which people recognise it; None for a session."""

    @property
    def name(self) -> str:
        """The name under which the owner's history of usage shows what this caller has used."""
        return self.key_prefix or SESSIONS

    @property
    def counted_as(self) -> str:
        """The name under which rate and quotas are counted: one for each key, one for all sessions of an owner."""
        return self.key_id or f"owner#{self.owner}"

    def charge(self, size: int, moment: datetime) -> Charge | None:
        """Return the charge for a job of `size` bytes; None for a caller without quotas."""
        return Charge.of(self.counted_as, self.allowance, size, moment)

    def may(self, scope: Scope) -> bool:
        """Say whether the caller has a scope. `admin` includes every other scope."""
        return bool(self.scopes & {scope, Scope.ADMIN})

    def require(self, scope: Scope, *, reason: str = "") -> None:
        """Raise Forbidden if the caller lacks a scope. `reason` is a sentence that says what needs the scope."""
        if not self.may(scope):
            lacks = f"This API key lacks the `{scope.value}` scope."
            raise Forbidden(f"{lacks} {reason}".rstrip(), scope=scope.value)

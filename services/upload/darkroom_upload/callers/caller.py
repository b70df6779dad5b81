"""Who a request is from, and what it may do, whichever way it said so."""

from dataclasses import dataclass

from darkroom import clock
from darkroom.accounts.allowances import NO_LIMITS, Allowance
from darkroom.accounts.api_keys import ALL_SCOPES, Scope
from darkroom.errors import Forbidden
from darkroom.tables.daily_counter import Charge
from darkroom_upload.sessions.session import Session


@dataclass(frozen=True, kw_only=True)
class Caller:
    """The caller: an owner, by one of their API keys or by a session."""

    owner: str
    scopes: frozenset[Scope] = ALL_SCOPES
    key_id: str | None = None
    """SHA-256 of the API key, hexadecimal; None without one."""
    session: Session | None = None
    """None with an API key."""
    allowance: Allowance = NO_LIMITS
    callback_url: str | None = None
    """For jobs whose request gives none."""

    @property
    def counted_as(self) -> str:
        """By what rate and quotas are counted: each key by itself, all sessions of an owner together."""
        return self.key_id or f"owner#{self.owner}"

    def charge(self, size: int) -> Charge | None:
        """What a job of this many bytes costs the caller now; None for one without quotas."""
        return Charge.of(self.counted_as, self.allowance, size, clock.now())

    def may(self, scope: Scope) -> bool:
        """Whether the caller has that scope. `admin` stands for every other one."""
        return bool(self.scopes & {scope, Scope.ADMIN})

    def require(self, scope: Scope, *, reason: str = "") -> None:
        """Raise Forbidden without that scope. `reason` is a sentence that says what needs it."""
        if not self.may(scope):
            lacks = f"This API key lacks the `{scope.value}` scope."
            raise Forbidden(f"{lacks} {reason}".rstrip(), scope=scope.value)

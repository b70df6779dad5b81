"""Refuses requests over the caller's rate, and shows in responses how much of each limit is left."""

from dataclasses import dataclass
from typing import Final

from fastapi import FastAPI, Request, Response

from darkroom.errors import QuotaExceeded, RateLimited
from darkroom.runtime import problems
from darkroom.topology import DAY_SECONDS
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.rate_limit_fields import LimitState, Policy, show
from darkroom_upload.callers.rate_table import RateTable

_DAILY: Final = frozenset({Policy.JOBS, Policy.BYTES})
"""Quotas that start again every day. `RateLimit` shows these alone."""


@dataclass(frozen=True, kw_only=True)
class Throttle:
    """Takes a token of the caller's rate for a request. A caller without a rate has no limit."""

    rates: RateTable

    async def __call__(self, request: Request, caller: Caller) -> None:
        """Raise RateLimited if no token is left. Raises Unavailable: an unchecked rate lets nothing pass."""
        rate = caller.allowance.rate
        if rate is None:
            return
        state = await self.rates.take(caller.counted_as, rate)
        show(request, state)
        if state.is_reached:
            raise RateLimited(
                f"This caller may send {rate.per_second:g} requests a second, and {rate.burst} at once.",
                retry_after_seconds=state.retry_after,
            )


def install(app: FastAPI) -> None:
    """Show a daily quota in the response that refuses a request because of it."""

    async def refuse(request: Request, error: QuotaExceeded) -> Response:
        if error.fields["quota"] in _DAILY:
            show(request, _used_up(error))
        return await problems.deliberate(request, error)

    app.exception_handler(QuotaExceeded)(refuse)


def _used_up(error: QuotaExceeded) -> LimitState:
    limit, used, seconds = error.fields["limit"], error.fields["used"], error.retry_after_seconds or 0
    return LimitState(
        policy=Policy(error.fields["quota"]),
        quota=limit,
        window=DAY_SECONDS,
        remaining=max(0, limit - used),
        resets_in=seconds,
        retry_after=seconds,
    )

"""Turns away requests over the caller's rate, and tells each answer's reader how the limits stand."""

from typing import Final

from fastapi import FastAPI, Request, Response
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from darkroom.errors import QuotaExceeded, RateLimited
from darkroom.runtime import problems
from darkroom.topology import DAY_SECONDS
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.rate_limit_fields import LimitState, Policy, fields
from darkroom_upload.callers.rate_table import RateTable

_OF_THE_DAY: Final = frozenset({Policy.JOBS, Policy.BYTES})
"""Quotas that come back by themselves, which `RateLimit` tells of."""


class Throttle:
    """Takes a token for a request of a caller that has a rate; others cost nothing."""

    def __init__(self, rates: RateTable) -> None:
        self._rates = rates

    async def __call__(self, request: Request, caller: Caller) -> None:
        """Raises RateLimited, and Unavailable when the table is away: a limit that cannot be held lets nobody pass."""
        rate = caller.allowance.rate
        if rate is None:
            return
        standing = await self._rates.take(caller.counted_as, rate)
        show(request, standing)
        if standing.is_reached:
            raise RateLimited(
                f"This caller may send {rate.per_second:g} requests a second, and {rate.burst} at once.",
                retry_after_seconds=standing.retry_after,
            )


def install(app: FastAPI) -> None:
    """Answer a quota that is used up with the fields that tell of it."""

    async def refuse(request: Request, error: QuotaExceeded) -> Response:
        if error.fields["quota"] not in _OF_THE_DAY:
            return await problems.deliberate(request, error)
        limit, used, seconds = error.fields["limit"], error.fields["used"], error.retry_after_seconds or 0
        standing = LimitState(
            policy=Policy(error.fields["quota"]),
            quota=limit,
            window=DAY_SECONDS,
            remaining=max(0, limit - used),
            resets_in=seconds,
            retry_after=seconds,
        )
        show(request, standing)
        return await problems.deliberate(request, error)

    app.exception_handler(QuotaExceeded)(refuse)


def show(request: Request, standing: LimitState) -> None:
    """Let the answer tell how a limit stands."""
    request.state.standings = [*getattr(request.state, "standings", []), standing]


class RateLimitFields:
    """Adds the fields to answers of requests whose limits are known: an ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(fields(scope.get("state", {}).get("standings", [])))
            await send(message)

        await self._app(scope, receive, add)

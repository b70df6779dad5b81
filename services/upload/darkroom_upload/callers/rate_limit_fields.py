"""The response header fields `RateLimit` and `RateLimit-Policy`, which show the caller's limits.

They follow draft-ietf-httpapi-ratelimit-headers: lists of structured fields (RFC 9651), one item for each policy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from fastapi import Request
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Policy(StrEnum):
    """What is limited."""

    REQUESTS = "requests"
    """Requests a second."""
    JOBS = "jobs"
    """Jobs a day."""
    BYTES = "bytes"
    """Bytes uploaded a day."""


@dataclass(frozen=True, kw_only=True)
class LimitState:
    """One limit after a request."""

    policy: Policy
    quota: int
    window: int
    """Seconds in which the whole quota comes back."""
    remaining: int
    resets_in: int
    """Seconds until the whole quota is there again."""
    retry_after: int = 0
    """Seconds until a refused request can succeed; 0 for a request that was not refused."""

    @property
    def is_reached(self) -> bool:
        """Whether the request was over the limit."""
        return self.retry_after > 0


def show(request: Request, state: LimitState) -> None:
    """Add a limit to the fields of the request's response."""
    request.state.limits = [*getattr(request.state, "limits", []), state]


class RateLimitFields:
    """Adds the fields to responses: an ASGI middleware."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection."""

        async def add(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(fields(scope.get("state", {}).get("limits", [])))
            await send(message)

        await self._app(scope, receive, add)


def fields(limits: Sequence[LimitState]) -> dict[str, str]:
    """Return the header fields; none if there is no limit."""
    if not limits:
        return {}
    return {
        "RateLimit-Policy": ", ".join(
            f'"{each.policy}";q={each.quota};w={each.window}' + _unit(each.policy) for each in limits
        ),
        "RateLimit": ", ".join(f'"{each.policy}";r={each.remaining};t={each.resets_in}' for each in limits),
    }


def _unit(policy: Policy) -> str:
    """Return the parameter that names the unit. The draft's default is requests, which fits jobs too."""
    return ';qu="content-bytes"' if policy is Policy.BYTES else ""

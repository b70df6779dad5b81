"""How a limit stands for a caller, as the fields `RateLimit` and `RateLimit-Policy` tell it.

They are those of draft-ietf-httpapi-ratelimit-headers: lists of structured fields (RFC 9651), an item for each policy.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


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
    """Seconds in which the quota comes anew."""
    remaining: int
    resets_in: int
    """Seconds after which all of the quota is there again."""
    retry_after: int = 0
    """Seconds after which a request that was refused can succeed; 0 for one that was not."""

    @property
    def is_reached(self) -> bool:
        """Whether the request was over the limit."""
        return self.retry_after > 0


def fields(standings: Sequence[LimitState]) -> dict[str, str]:
    """The response's fields; none without a limit."""
    if not standings:
        return {}
    return {
        "RateLimit-Policy": ", ".join(
            f'"{each.policy}";q={each.quota};w={each.window}' + _unit(each.policy) for each in standings
        ),
        "RateLimit": ", ".join(f'"{each.policy}";r={each.remaining};t={each.resets_in}' for each in standings),
    }


def _unit(policy: Policy) -> str:
    """The draft's units are requests, if nothing is said, and bytes of bodies; jobs are requests that were accepted."""
    return ';qu="content-bytes"' if policy is Policy.BYTES else ""

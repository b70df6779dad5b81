"""`GET /usage`: what the caller may use, and what it has used today."""

from typing import Annotated

from fastapi import APIRouter, Depends

from darkroom import clock
from darkroom.accounts.allowances import Rate
from darkroom.accounts.api_keys import Scope
from darkroom.clock import Moment
from darkroom.tables.daily_counter import next_day
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.parameters import takes
from darkroom_upload.callers.authentication import Authenticate, allowed
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.quota_usage import QuotaUsage
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.response_body import ResponseBody


class RateBody(ResponseBody):
    """How often the caller may come."""

    requests_per_second: float
    burst: int
    """How often at once, after a rest."""


class QuotaBody(ResponseBody):
    """One quota."""

    limit: int
    used: int
    remaining: int


class UsageBody(ResponseBody):
    """Limits of the caller: an API key, or all sessions of an owner. What is null has no limit, and is not counted."""

    owner: str
    scopes: list[Scope]
    rate: RateBody | None
    jobs: QuotaBody | None
    """Jobs made today."""
    bytes: QuotaBody | None
    """Bytes uploaded today."""
    stored_bytes: QuotaBody | None
    """Bytes that the owner stores: results and manifests of all jobs that have ended and were not deleted."""
    resets_at: Moment
    """When the day is over, and its quotas begin again."""


def router(usage: QuotaUsage, stored: StoredBytes, authenticate: Authenticate) -> APIRouter:
    """The route."""
    reading = Depends(allowed(authenticate, Scope.READ))
    Reader = Annotated[Caller, reading]  # noqa: N806 - a type
    routes = APIRouter(tags=["usage"], dependencies=[reading, Depends(takes())])

    @routes.get(
        "/usage",
        summary="Your limits, and what you have used of them",
        responses=refusals(),
    )
    async def read_usage(reader: Reader) -> UsageBody:
        moment, allowance = clock.now(), reader.allowance
        used = await usage.on(reader.counted_as, moment)
        return UsageBody(
            owner=reader.owner,
            scopes=sorted(reader.scopes),
            rate=_rate(allowance.rate),
            jobs=_quota(allowance.jobs_per_day, used.jobs),
            bytes=_quota(allowance.bytes_per_day, used.bytes),
            stored_bytes=_quota(allowance.stored_bytes, await stored.of(reader.owner))
            if allowance.stored_bytes is not None
            else None,
            resets_at=next_day(moment),
        )

    return routes


def _rate(rate: Rate | None) -> RateBody | None:
    return RateBody(requests_per_second=rate.per_second, burst=rate.burst) if rate else None


def _quota(limit: int | None, used: int) -> QuotaBody | None:
    return QuotaBody(limit=limit, used=used, remaining=max(0, limit - used)) if limit is not None else None

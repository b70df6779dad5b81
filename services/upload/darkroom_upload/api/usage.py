"""`GET /usage`: the caller's limits, and how much of them is used."""

from collections.abc import Callable
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter

from darkroom.accounts.allowances import Rate
from darkroom.accounts.api_keys import Scope
from darkroom.clock import Moment
from darkroom.tables.daily_counter import next_day
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.parameters import ONLY_DECLARED
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.quota_usage import QuotaUsage
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.response_body import ResponseBody


class RateBody(ResponseBody):
    """How many requests the caller may send."""

    requests_per_second: float
    burst: int
    """Requests that the caller may send at once after a pause."""


class QuotaBody(ResponseBody):
    """One quota."""

    limit: int
    used: int
    remaining: int


class UsageBody(ResponseBody):
    """Limits of the caller: an API key, or all sessions of an owner. A limit that is null does not exist."""

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
    """The end of the day, when the daily quotas start again."""


def router(usage: QuotaUsage, stored: StoredBytes, access: Access, *, now: Callable[[], datetime]) -> APIRouter:
    """Return the route."""
    reading = access.caller(Scope.READ)
    routes = APIRouter(tags=["usage"], dependencies=[reading, ONLY_DECLARED])

    @routes.get(
        "/usage",
        summary="Get your limits, and how much of them you have used",
        responses=refusals(),
    )
    async def read_usage(reader: Annotated[Caller, reading]) -> UsageBody:
        moment, allowance = now(), reader.allowance
        used = await usage.on(reader.counted_as, moment)
        has_storage_quota = allowance.stored_bytes is not None
        return UsageBody(
            owner=reader.owner,
            scopes=sorted(reader.scopes),
            rate=_rate(allowance.rate),
            jobs=_quota(allowance.jobs_per_day, used.jobs),
            bytes=_quota(allowance.bytes_per_day, used.bytes),
            stored_bytes=_quota(allowance.stored_bytes, await stored.of(reader.owner)) if has_storage_quota else None,
            resets_at=next_day(moment),
        )

    return routes


def _rate(rate: Rate | None) -> RateBody | None:
    return RateBody(requests_per_second=rate.per_second, burst=rate.burst) if rate else None


def _quota(limit: int | None, used: int) -> QuotaBody | None:
    return QuotaBody(limit=limit, used=used, remaining=max(0, limit - used)) if limit is not None else None

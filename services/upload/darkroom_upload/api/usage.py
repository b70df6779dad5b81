"""`GET /usage`: the caller's limits, and how much of them is used."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Self

from fastapi import APIRouter, Query

from darkroom.accounts.allowances import Rate
from darkroom.accounts.api_keys import Scope
from darkroom.clock import Moment
from darkroom.tables.daily_counter import next_day
from darkroom.tables.usage_history import MOST_DAYS, Used
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


class UsedBody(ResponseBody):
    """What was used."""

    jobs: int
    """Jobs whose first run ended."""
    bytes_in: int
    """Bytes of their originals."""
    bytes_stored: int
    """Bytes that were stored when runs ended. Deletions do not subtract them."""
    cpu_ms: int
    """CPU time of processors, in milliseconds."""

    @classmethod
    def of(cls, used: Used) -> Self:
        """Return it as clients see it."""
        return cls(jobs=used.jobs, bytes_in=used.bytes_in, bytes_stored=used.bytes_stored, cpu_ms=used.cpu_ms)


class CallerUsedBody(UsedBody):
    """What one caller of the owner has used."""

    key: str
    """The beginning of the API key, or `sessions`, or `drops` for originals that were put straight into the bucket."""


class DayBody(UsedBody):
    """What the owner has used on one day."""

    day: date
    """The day (UTC)."""
    by_key: list[CallerUsedBody]
    """The same by caller, the largest number of jobs first."""

    @classmethod
    def of_day(cls, day: date, callers: Mapping[str, Used]) -> Self:
        """Return a day as clients see it."""
        total = sum(callers.values(), Used())
        by_key = [CallerUsedBody(key=name, **UsedBody.of(used).model_dump()) for name, used in callers.items()]
        by_key.sort(key=lambda each: (-each.jobs, each.key))
        return cls(day=day, by_key=by_key, **UsedBody.of(total).model_dump())


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
    history: list[DayBody] | None
    """What the owner has used on the last days, the oldest first; null without `days`."""


def router(usage: QuotaUsage, stored: StoredBytes, access: Access, *, now: Callable[[], datetime]) -> APIRouter:
    """Return the route."""
    reading = access.caller(Scope.READ)
    routes = APIRouter(tags=["usage"], dependencies=[reading, ONLY_DECLARED])

    async def history_of(owner: str, last: date, count: int) -> list[DayBody]:
        days = [last - timedelta(days=ago) for ago in reversed(range(count))]
        return [DayBody.of_day(day, callers) for day, callers in (await usage.history(owner, days)).items()]

    @routes.get(
        "/usage",
        summary="Get your limits, and how much of them you have used",
        responses=refusals(),
    )
    async def read_usage(
        reader: Annotated[Caller, reading],
        days: Annotated[
            int | None, Query(ge=1, le=MOST_DAYS, description="Also tell what the owner used on the last days.")
        ] = None,
    ) -> UsageBody:
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
            history=await history_of(reader.owner, moment.astimezone(UTC).date(), days) if days else None,
        )

    return routes


def _rate(rate: Rate | None) -> RateBody | None:
    return RateBody(requests_per_second=rate.per_second, burst=rate.burst) if rate else None


def _quota(limit: int | None, used: int) -> QuotaBody | None:
    return QuotaBody(limit=limit, used=used, remaining=max(0, limit - used)) if limit is not None else None

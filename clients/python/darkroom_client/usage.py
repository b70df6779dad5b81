"""Limits of the caller, and what it has used of them."""

from datetime import date

from darkroom_client.response_model import Moment, ResponseModel


class Rate(ResponseModel):
    """How often the caller may send requests."""

    requests_per_second: float
    burst: int


class Quota(ResponseModel):
    """One quota."""

    limit: int
    used: int
    remaining: int


class Used(ResponseModel):
    """What was used."""

    jobs: int
    bytes_in: int
    bytes_stored: int
    cpu_ms: int


class CallerUsed(Used):
    """What one caller of the owner has used."""

    key: str
    """The beginning of the API key, `sessions` or `drops`."""


class Day(Used):
    """What the owner has used on one day (UTC)."""

    day: date
    by_key: list[CallerUsed]


class Usage(ResponseModel):
    """Limits of the caller. None stands for no limit."""

    owner: str
    scopes: tuple[str, ...]
    rate: Rate | None
    jobs: Quota | None
    """Jobs made today."""
    bytes: Quota | None
    """Bytes uploaded today."""
    stored_bytes: Quota | None
    """Bytes of all results and manifests of the owner."""
    resets_at: Moment
    history: list[Day] | None = None
    """The last days, the oldest first, if they were asked for."""

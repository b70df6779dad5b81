"""Limits of the caller, and what it has used of them."""

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

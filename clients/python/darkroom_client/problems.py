"""Turns answers that are no success into errors."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from types import MappingProxyType
from typing import Final

import httpx

from darkroom_client import errors
from darkroom_client.errors import Problem, UnexpectedAnswer

_ERRORS: Final[Mapping[str, type[Problem]]] = MappingProxyType(
    {
        "malformed_request": errors.MalformedRequest,
        "unauthenticated": errors.Unauthenticated,
        "forbidden": errors.Forbidden,
        "not_found": errors.NotFound,
        "conflict": errors.Conflict,
        "under_way": errors.UnderWay,
        "original_gone": errors.OriginalGone,
        "precondition_failed": errors.PreconditionFailed,
        "upload_too_large": errors.UploadTooLarge,
        "unsupported_media_type": errors.UnsupportedMediaType,
        "invalid_recipe": errors.InvalidRecipe,
        "recipe_too_large": errors.RecipeTooLarge,
        "image_not_made": errors.ImageNotMade,
        "image_too_large": errors.ImageTooLarge,
        "idempotency_mismatch": errors.IdempotencyMismatch,
        "rate_limited": errors.RateLimited,
        "quota_exceeded": errors.QuotaExceeded,
        "unavailable": errors.Unavailable,
    }
)
"""The error of each code. A code that this release does not know becomes a plain Problem."""


def error_of(answer: httpx.Response) -> Problem | UnexpectedAnswer:
    """Return the error that an answer stands for. Its body must have been read."""
    try:
        document = answer.json()
        kind = _ERRORS.get(document["code"], Problem)
        return kind(document, status=answer.status_code, retry_after=retry_after(answer))
    except (ValueError, KeyError, TypeError):
        return UnexpectedAnswer(answer.status_code, answer.reason_phrase)


def retry_after(answer: httpx.Response) -> float | None:
    """Return the seconds that `Retry-After` asks for, given as a number or a date; None without one."""
    told = answer.headers.get("retry-after", "").strip()
    if told.isdecimal():
        return float(told)
    try:
        moment = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max(0.0, (moment.astimezone(UTC) - datetime.now(UTC)).total_seconds())

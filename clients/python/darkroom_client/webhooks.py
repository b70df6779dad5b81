"""Verifies webhooks by their signature, as Standard Webhooks 1.0 says (https://www.standardwebhooks.com)."""

import base64
import hashlib
import hmac
import time
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from typing import Final

from pydantic import Field, ValidationError

from darkroom_client.errors import WebhookRefused
from darkroom_client.jobs import Fault, JobStatus, Progress
from darkroom_client.response_model import Moment, ResponseModel

TOLERANCE_SECONDS: Final = 300.0
"""Age of a webhook, at most, and how far ahead the sender's clock may be."""

_PREFIX: Final = "whsec_"
_VERSION: Final = "v1,"


class EndedJob(ResponseModel):
    """The job in a webhook. It has no links to results: request the job for these."""

    job_id: str
    status: JobStatus
    recipe: str
    attempt: int
    progress: Progress
    metadata: dict[str, str] = Field(default_factory=dict)
    error: Fault | None = None
    status_url: str


class WebhookEvent(ResponseModel):
    """A verified webhook. The same event can come more than once, always with the same id."""

    type: str
    """Such as `job.completed`."""
    id: str
    timestamp: Moment
    data: EndedJob


def verify_webhook(
    body: bytes,
    headers: Mapping[str, str],
    secret: str | Sequence[str],
    *,
    tolerance: float = TOLERANCE_SECONDS,
    now: float | None = None,
) -> WebhookEvent:
    """Return the event in a webhook that is Darkroom's, unchanged and fresh.

    `body` is the body as it came, `secret` one secret or several. Raises WebhookRefused for anything else, and
    ValueError for a secret that is none.
    """
    named = {name.lower(): value for name, value in headers.items()}
    try:
        event_id, sent_at, signatures = (named[f"webhook-{name}"] for name in ("id", "timestamp", "signature"))
    except KeyError as error:
        raise WebhookRefused(f"The header {error} is not there.") from error
    _require_fresh(sent_at, tolerance, time.time() if now is None else now)
    signed = f"{event_id}.{sent_at}.".encode() + body
    secrets = [secret] if isinstance(secret, str) else secret
    expected = [hmac.digest(_key(one), signed, hashlib.sha256) for one in secrets]
    # All pairs are compared, so that the time does not tell which secret was near.
    matches = [hmac.compare_digest(known, given) for known in expected for given in _given(signatures)]
    if not any(matches):
        raise WebhookRefused("No signature is right.")
    return _event(body, event_id)


def _require_fresh(sent_at: str, tolerance: float, now: float) -> None:
    if not (sent_at.isascii() and sent_at.isdecimal()):
        raise WebhookRefused("The header webhook-timestamp must be a number of seconds.")
    if abs(now - int(sent_at)) > tolerance:
        raise WebhookRefused(f"The webhook was not sent within {tolerance:.0f} seconds of now.")


def _key(secret: str) -> bytes:
    try:
        return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
    except NotBase64 as error:
        raise ValueError("A webhook secret is `whsec_` and base64.") from error


def _given(signatures: str) -> list[bytes]:
    """Return the signatures of the version that is known."""
    given = []
    for signature in signatures.split():
        if signature.startswith(_VERSION):
            try:
                given.append(base64.b64decode(signature.removeprefix(_VERSION), validate=True))
            except NotBase64:
                continue
    return given


def _event(body: bytes, event_id: str) -> WebhookEvent:
    try:
        event = WebhookEvent.model_validate_json(body)
    except ValidationError as error:
        raise WebhookRefused("The body is no event of Darkroom.") from error
    if event.id != event_id:
        raise WebhookRefused("The body and the header name different events.")
    return event

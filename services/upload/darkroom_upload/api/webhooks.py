"""Webhooks: the deliveries of a job, the replay of its webhook, and the secret that signs webhooks."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final, Self

from fastapi import APIRouter, Response

from darkroom.accounts.api_keys import Scope
from darkroom.clock import Moment
from darkroom.errors import Conflict, NotFound, QuotaExceeded, UnderWay
from darkroom.job_details import DeliveryAttempt, JobDetails
from darkroom.jobs import Job
from darkroom.runtime.encryption import TextCipher
from darkroom.tables.webhook_secrets import SigningSecret, WebhookSecrets
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.parameters import ONLY_DECLARED, JobId
from darkroom_upload.api.receipts import conflicts_hidden
from darkroom_upload.callers.caller import Caller
from darkroom_upload.jobs.job_body import ReceiptBody
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.response_body import ResponseBody

_NEVER_STORED: Final = "no-store"
"""The Cache-Control of responses with a secret."""


class AttemptBody(ResponseBody):
    """One POST to the callback URL."""

    event_id: str
    """The value of the header `webhook-id`."""
    attempt: int
    """Number of the attempt within one delivery, from 1."""
    at: Moment
    delivered: bool
    status: int | None
    """HTTP status of the response; null if there was none."""
    error: str | None
    """Why there was no valid response: `timeout`, `connection_failed`, `no_public_address`,
    `tls_failed`, `redirect_refused`, `invalid_response` or `invalid_url`."""
    duration_ms: int

    @classmethod
    def of(cls, attempt: DeliveryAttempt) -> Self:
        """Return an attempt as clients see it."""
        return cls(
            event_id=attempt.event_id,
            attempt=attempt.number,
            at=attempt.at,
            delivered=attempt.succeeded,
            status=attempt.status,
            error=attempt.error,
            duration_ms=attempt.duration_ms,
        )


class DeliveriesBody(ResponseBody):
    """The deliveries of a job's webhooks."""

    callback_url: str | None
    gone_at: Moment | None
    """The moment at which the callback URL answered 410. After that it gets a webhook only by a replay."""
    attempts: list[AttemptBody]
    """The last twenty attempts, newest first."""

    @classmethod
    def of(cls, job: Job, details: JobDetails, cipher: TextCipher) -> Self:
        """Return the deliveries of a job."""
        url = job.callback_url
        return cls(
            callback_url=cipher.decrypt(url, place=job.job_id) if url else None,
            gone_at=details.callback_gone_at,
            attempts=[AttemptBody.of(attempt) for attempt in reversed(details.deliveries)],
        )


class SecretBody(ResponseBody):
    """The secret that signs your webhooks."""

    secret: str
    """The secret in the form that the libraries of Standard Webhooks accept."""
    created_at: Moment
    previous_until: Moment | None
    """The moment until which the previous secret signs too; null if there is none, or if it no longer signs."""

    @classmethod
    def of(cls, secret: SigningSecret, moment: datetime) -> Self:
        """Return the newest secret, as it stands at a moment."""
        both = len(secret.signing(moment)) > 1
        return cls(
            secret=secret.current,
            created_at=secret.created_at,
            previous_until=secret.previous_until if both else None,
        )


def router(
    jobs: JobReader,
    orchestrator: OrchestratorClient,
    secrets: WebhookSecrets,
    cipher: TextCipher,
    access: Access,
    *,
    now: Callable[[], datetime],
) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(tags=["webhooks"])
    reading, changing = access.caller(Scope.READ), access.caller(Scope.UPLOAD)
    # The secret lets its reader sign, so `read` is not enough. `upload` is not either: it shows nothing.
    signing = access.caller(Scope.READ, Scope.UPLOAD)

    @routes.get(
        "/jobs/{job_id}/deliveries",
        summary="List the deliveries of a job's webhooks",
        dependencies=[reading, ONLY_DECLARED],
        responses=refusals(NotFound),
    )
    async def deliveries(job_id: JobId, reader: Annotated[Caller, reading]) -> DeliveriesBody:
        return DeliveriesBody.of(*await jobs.owned_with_details(job_id, reader.owner), cipher)

    @routes.post(
        "/jobs/{job_id}/deliveries/replay",
        summary="Send a job's webhook again",
        description="Sends the event of the job's end under the same id, even if it was delivered before. A callback "
        "URL that answered 410 is tried again. Counts as one job of the daily quota. While one replay of a job is "
        "being delivered, another one is 409 `under_way`.",
        status_code=HTTPStatus.ACCEPTED,
        dependencies=[changing, ONLY_DECLARED],
        responses=refusals(NotFound, Conflict, UnderWay, QuotaExceeded),
    )
    async def replay(job_id: JobId, changer: Annotated[Caller, changing]) -> DeliveriesBody | ReceiptBody:
        await jobs.owned(job_id, changer.owner)
        with conflicts_hidden(changer):
            await orchestrator.replay(job_id, changer.charge(0, now()))
        job, details = await jobs.owned_with_details(job_id, changer.owner)
        return DeliveriesBody.of(job, details, cipher) if changer.may(Scope.READ) else ReceiptBody.of(job)

    @routes.get(
        "/webhooks/secret",
        summary="Get the secret that signs your webhooks",
        description="Made at the first request, and the same for all your API keys. Needs the scopes `read` and "
        "`upload`, because anyone who has the secret can sign.",
        dependencies=[signing, ONLY_DECLARED],
        responses=refusals(),
    )
    async def secret(signer: Annotated[Caller, signing], response: Response) -> SecretBody:
        response.headers["Cache-Control"] = _NEVER_STORED
        return SecretBody.of(await secrets.of(signer.owner), now())

    @routes.post(
        "/webhooks/secret/rotate",
        summary="Replace the webhook secret",
        description="For a day, webhooks carry two signatures: one by the old secret and one by the new one.",
        dependencies=[signing, ONLY_DECLARED],
        responses=refusals(),
    )
    async def rotate(signer: Annotated[Caller, signing], response: Response) -> SecretBody:
        response.headers["Cache-Control"] = _NEVER_STORED
        return SecretBody.of(await secrets.rotate(signer.owner), now())

    return routes

"""Webhooks: how a job's were delivered, to send one again, and the secret that they are signed with."""

from http import HTTPStatus
from typing import Annotated, Final, Self

from fastapi import APIRouter, Depends, Response

from darkroom import clock
from darkroom.accounts.api_keys import Scope
from darkroom.clock import Moment
from darkroom.errors import Conflict, NotFound, QuotaExceeded, UnderWay
from darkroom.job_details import DeliveryAttempt, JobDetails
from darkroom.jobs import Job
from darkroom.runtime.encryption import TextCipher
from darkroom.tables.webhook_secrets import SigningSecret, WebhookSecrets
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.parameters import JobId, takes
from darkroom_upload.api.receipts import discreet
from darkroom_upload.callers.authentication import Authenticate, allowed
from darkroom_upload.callers.caller import Caller
from darkroom_upload.jobs.job_body import ReceiptBody
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.response_body import ResponseBody

_NEVER_STORED: Final = "no-store"
"""For answers with a secret in them."""


class AttemptBody(ResponseBody):
    """One POST to the callback URL."""

    event_id: str
    """As in the header `webhook-id`."""
    attempt: int
    """Counts the attempts of one delivery, from 1."""
    at: Moment
    delivered: bool
    status: int | None
    """HTTP status of the answer; null without one."""
    error: str | None
    """Why there was no answer that counts: `timeout`, `connection_failed`, `no_public_address`,
    `tls_failed`, `redirect_refused`, `invalid_response` or `invalid_url`."""
    duration_ms: int

    @classmethod
    def of(cls, attempt: DeliveryAttempt) -> Self:
        """An attempt as clients see it."""
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
    """How the webhooks of a job were delivered."""

    callback_url: str | None
    gone_at: Moment | None
    """When the callback URL answered 410, after which it is sent nothing more."""
    attempts: list[AttemptBody]
    """The last twenty, the newest first."""

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
    """What your webhooks are signed with."""

    secret: str
    """As the libraries of Standard Webhooks take it."""
    created_at: Moment
    previous_until: Moment | None
    """Until when the secret before this one signs as well; null when there is none, or when it has ceased to."""

    @classmethod
    def of(cls, secret: SigningSecret) -> Self:
        """The newest secret."""
        both = len(secret.signing(clock.now())) > 1
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
    authenticate: Authenticate,
) -> APIRouter:
    """The routes."""
    routes = APIRouter(tags=["webhooks"])
    reading, changing = (Depends(allowed(authenticate, scope)) for scope in (Scope.READ, Scope.UPLOAD))
    # Who has the secret can sign: to read is not enough. A key without `read` is told nothing, so neither is `upload`.
    signing = Depends(allowed(authenticate, Scope.READ, Scope.UPLOAD))
    Reader = Annotated[Caller, reading]  # noqa: N806 - a type
    Changer = Annotated[Caller, changing]  # noqa: N806 - a type
    Signer = Annotated[Caller, signing]  # noqa: N806 - a type

    @routes.get(
        "/jobs/{job_id}/deliveries",
        summary="How a job's webhooks were delivered",
        dependencies=[reading, Depends(takes())],
        responses=refusals(NotFound),
    )
    async def deliveries(job_id: JobId, reader: Reader) -> DeliveriesBody:
        return DeliveriesBody.of(*await jobs.owned_with_details(job_id, reader.owner), cipher)

    @routes.post(
        "/jobs/{job_id}/deliveries/replay",
        summary="Send a job's webhook once more",
        description="The event of the job's end, under the same id, whether or not it was taken before. "
        "A callback URL that answered 410 is tried again. Counts as one job of the day. While a replay is being "
        "delivered, another one of the same job is 409 `under_way`.",
        status_code=HTTPStatus.ACCEPTED,
        dependencies=[changing, Depends(takes())],
        responses=refusals(NotFound, Conflict, UnderWay, QuotaExceeded),
    )
    async def replay(job_id: JobId, changer: Changer) -> DeliveriesBody | ReceiptBody:
        await jobs.owned(job_id, changer.owner)
        with discreet(changer):
            await orchestrator.replay(job_id, changer.charge(0))
        job, details = await jobs.owned_with_details(job_id, changer.owner)
        return DeliveriesBody.of(job, details, cipher) if changer.may(Scope.READ) else ReceiptBody.of(job)

    @routes.get(
        "/webhooks/secret",
        summary="The secret that your webhooks are signed with",
        description="Made when it is first asked for; the same for all your API keys. Who has it can sign, so that "
        "it takes the scopes `read` and `upload`.",
        dependencies=[signing, Depends(takes())],
        responses=refusals(),
    )
    async def secret(signer: Signer, response: Response) -> SecretBody:
        response.headers["Cache-Control"] = _NEVER_STORED
        return SecretBody.of(await secrets.of(signer.owner))

    @routes.post(
        "/webhooks/secret/rotate",
        summary="Replace the secret",
        description="For a day webhooks carry a signature of each secret, the old and the new one.",
        dependencies=[signing, Depends(takes())],
        responses=refusals(),
    )
    async def rotate(signer: Signer, response: Response) -> SecretBody:
        response.headers["Cache-Control"] = _NEVER_STORED
        return SecretBody.of(await secrets.rotate(signer.owner))

    return routes

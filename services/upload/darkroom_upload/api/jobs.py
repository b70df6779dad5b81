"""The changes that clients make to one of their jobs."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Conflict, NotFound, OriginalGone, QuotaExceeded
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import LOCATION, RECEIVED, refusals
from darkroom_upload.api.parameters import ONLY_DECLARED, JobId
from darkroom_upload.api.receipts import accepted_response, conflicts_hidden
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.jobs.job_body import JobBody, ReceiptBody
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.results.result_links import ResultLinks


def router(
    jobs: JobReader,
    links: ResultLinks,
    orchestrator: OrchestratorClient,
    stored: StoredBytes,
    access: Access,
    *,
    now: Callable[[], datetime],
) -> APIRouter:
    """Return the routes that change a job."""
    changing = access.caller(Scope.UPLOAD)
    routes = APIRouter(prefix="/jobs", tags=["jobs"], dependencies=[changing, ONLY_DECLARED])

    @routes.delete(
        "/{job_id}",
        summary="Cancel an open job, or delete a finished one",
        description="An open job becomes `cancelled`. A finished job is deleted for good, with all its objects.",
        status_code=HTTPStatus.NO_CONTENT,
        responses=refusals(NotFound, Conflict),
    )
    async def delete(job_id: JobId, changer: Annotated[Caller, changing]) -> None:
        job = await jobs.owned(job_id, changer.owner)
        with conflicts_hidden(changer):
            await (orchestrator.cancel(job_id) if job.status.is_open else orchestrator.delete(job_id))

    @routes.post(
        "/{job_id}/retry",
        summary="Run the failed variants again",
        description="Counts against the daily quotas as one more job, with the bytes of its image.",
        status_code=HTTPStatus.ACCEPTED,
        response_model=JobBody | ReceiptBody,
        responses={
            HTTPStatus.ACCEPTED: {"description": RECEIVED, "headers": LOCATION},
            **refusals(NotFound, Conflict, OriginalGone, QuotaExceeded),
        },
    )
    async def retry(job_id: JobId, changer: Annotated[Caller, changing]) -> Response:
        job = await jobs.owned(job_id, changer.owner)
        size = job.original.size if job.original else 0
        await stored.require_room(changer)
        with conflicts_hidden(changer):
            await orchestrator.retry(job_id, changer.charge(size, now()))
        return await accepted_response(*await jobs.owned_with_details(job_id, changer.owner), links, changer)

    return routes

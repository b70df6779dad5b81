"""Publishing: gives the results of a job public addresses, and takes them back."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Response

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Conflict, NotFound, QuotaExceeded
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
    jobs: JobReader, links: ResultLinks, orchestrator: OrchestratorClient, stored: StoredBytes, access: Access
) -> APIRouter:
    """Return the routes."""
    changing = access.caller(Scope.UPLOAD)
    routes = APIRouter(prefix="/jobs", tags=["jobs"], dependencies=[changing, ONLY_DECLARED])

    @routes.put(
        "/{job_id}/published",
        summary="Give the results public addresses",
        description="An open job gets them when it ends. A job that ended gets them now, usually within this request: "
        "then the answer has them. The copies count as stored bytes. May be repeated.",
        status_code=HTTPStatus.ACCEPTED,
        response_model=JobBody | ReceiptBody,
        responses={
            HTTPStatus.ACCEPTED: {"description": RECEIVED, "headers": LOCATION},
            **refusals(NotFound, Conflict, QuotaExceeded),
        },
    )
    async def publish(job_id: JobId, changer: Annotated[Caller, changing]) -> Response:
        job = await jobs.owned(job_id, changer.owner)
        if not job.published:
            await stored.require_room(changer)
        with conflicts_hidden(changer):
            await orchestrator.publish(job_id)
        return await accepted_response(*await jobs.owned_with_details(job_id, changer.owner), links, changer)

    @routes.delete(
        "/{job_id}/published",
        summary="Take back the public addresses",
        description="The results themselves stay. Caches outside of the service may keep what they have. May be "
        "repeated.",
        status_code=HTTPStatus.NO_CONTENT,
        responses=refusals(NotFound),
    )
    async def unpublish(job_id: JobId, changer: Annotated[Caller, changing]) -> None:
        await jobs.owned(job_id, changer.owner)
        await orchestrator.unpublish(job_id)

    return routes

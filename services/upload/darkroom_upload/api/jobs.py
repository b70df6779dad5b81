"""The list of a client's jobs, and the changes that clients make to one."""

from collections.abc import Callable
from datetime import datetime
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Conflict, NotFound, QuotaExceeded
from darkroom.jobs import JobStatus
from darkroom_upload.admission import Admission
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import LOCATION, RECEIVED, refusals
from darkroom_upload.api.parameters import ONLY_DECLARED, JobId
from darkroom_upload.api.receipts import accepted_response, conflicts_hidden
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.jobs.cursor import read_cursor
from darkroom_upload.jobs.job_body import JobBody, ReceiptBody
from darkroom_upload.jobs.job_lists import JobLists
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.list_body import JobPage
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.results.result_links import ResultLinks

DEFAULT_PAGE: Final = 20
LONGEST_PAGE: Final = 100


def list_router(lists: JobLists, slots: Admission, access: Access) -> APIRouter:
    """Return the route of the list."""
    reading = access.caller(Scope.READ)
    routes = APIRouter(prefix="/jobs", tags=["jobs"], dependencies=[reading, ONLY_DECLARED])

    @routes.get(
        "",
        summary="List your jobs, newest first",
        description="Each job in short; `GET /status/{job_id}` shows the rest. With `status` a page may be short or "
        "empty. As long as there is a `next_cursor`, more jobs may follow.",
        response_model=JobPage,
        responses=refusals(),
    )
    async def list_jobs(
        reader: Annotated[Caller, reading],
        status: Annotated[JobStatus | None, Query(description="Only jobs of this status.")] = None,
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE, description="Jobs a page.")] = DEFAULT_PAGE,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the previous page.", max_length=512)] = None,
    ) -> Response:
        after = read_cursor(cursor) if cursor else None
        with slots.slot(reader.owner):
            page = await lists.page(reader.owner, status=status, after=after, limit=limit)
        return Response(JobPage.of(page).model_dump_json(), media_type="application/json")

    return routes


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
            **refusals(NotFound, Conflict, QuotaExceeded),
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

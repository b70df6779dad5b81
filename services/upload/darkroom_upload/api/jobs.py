"""The jobs of a client: the list of them, what is done to one, and its pictures."""

from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Conflict, NotFound, QuotaExceeded
from darkroom.jobs import Job, JobStatus, VariantStatus
from darkroom_upload.admission import Admission
from darkroom_upload.api.documentation import BINARY, LOCATION, RECEIVED, refusals
from darkroom_upload.api.parameters import JobId, takes
from darkroom_upload.api.receipts import accepted_response, discreet
from darkroom_upload.api.streams import AdmittedStream
from darkroom_upload.callers.authentication import Authenticate, allowed
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.stored_bytes import StoredBytes
from darkroom_upload.jobs.cursor import read_cursor
from darkroom_upload.jobs.job_body import JobBody, ReceiptBody, manifest_link, result_link
from darkroom_upload.jobs.job_lists import JobLists
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.list_body import JobPage
from darkroom_upload.jobs.orchestrator_client import OrchestratorClient
from darkroom_upload.results.archive import archive, archive_name
from darkroom_upload.results.result_bytes import ResultBytes
from darkroom_upload.results.result_links import ResultLinks, content_disposition

DEFAULT_PAGE: Final = 20
LONGEST_PAGE: Final = 100
_ZIP: Final = "application/zip"


def router(  # noqa: PLR0913 - all that these routes stand on
    jobs: JobReader,
    lists: JobLists,
    links: ResultLinks,
    pictures: ResultBytes,
    *,
    list_places: Admission,
    archive_places: Admission,
    orchestrator: OrchestratorClient,
    stored: StoredBytes,
    authenticate: Authenticate,
) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/jobs", tags=["jobs"])
    reading, changing = (Depends(allowed(authenticate, scope)) for scope in (Scope.READ, Scope.UPLOAD))
    Reader = Annotated[Caller, reading]  # noqa: N806 - a type
    Changer = Annotated[Caller, changing]  # noqa: N806 - a type

    @routes.get(
        "",
        summary="Your jobs, newest first",
        description="Each in short; `GET /status/{job_id}` tells the rest. With `status` a page may be short or empty: "
        "as long as there is a `next_cursor`, more may follow.",
        dependencies=[reading, Depends(takes("status", "limit", "cursor"))],
        response_model=JobPage,
        responses=refusals(),
    )
    async def list_jobs(
        reader: Reader,
        status: Annotated[JobStatus | None, Query(description="Only jobs of this status.")] = None,
        limit: Annotated[int, Query(ge=1, le=LONGEST_PAGE, description="Jobs a page.")] = DEFAULT_PAGE,
        cursor: Annotated[str | None, Query(description="`next_cursor` of the page before.", max_length=512)] = None,
    ) -> Response:
        after = read_cursor(cursor) if cursor else None
        with list_places.place(reader.owner):
            page = await lists.page(reader.owner, status=status, after=after, limit=limit)
        body = JobPage.of(page)
        return Response(body.model_dump_json(), media_type="application/json")

    @routes.delete(
        "/{job_id}",
        summary="Cancel an open job, or delete a finished one",
        description="An open job becomes `cancelled`. A job that has ended goes for good, with all its objects.",
        status_code=HTTPStatus.NO_CONTENT,
        dependencies=[changing, Depends(takes())],
        responses=refusals(NotFound, Conflict),
    )
    async def delete(job_id: JobId, changer: Changer) -> None:
        job = await jobs.owned(job_id, changer.owner)
        with discreet(changer):
            await (orchestrator.cancel(job_id) if job.status.is_open else orchestrator.delete(job_id))

    @routes.post(
        "/{job_id}/retry",
        summary="Run the failed variants again",
        description="Counts against the quotas of the day as one more job with the bytes of its image.",
        status_code=HTTPStatus.ACCEPTED,
        dependencies=[changing, Depends(takes())],
        response_model=JobBody | ReceiptBody,
        responses={
            HTTPStatus.ACCEPTED: {"description": RECEIVED, "headers": LOCATION},
            **refusals(NotFound, Conflict, QuotaExceeded),
        },
    )
    async def retry(job_id: JobId, changer: Changer) -> Response:
        job = await jobs.owned(job_id, changer.owner)
        size = job.source.size if job.source else 0
        await stored.require_room(changer)
        with discreet(changer):
            await orchestrator.retry(job_id, changer.charge(size))
        return await accepted_response(*await jobs.owned_with_details(job_id, changer.owner), links, changer)

    @routes.get(
        "/{job_id}/variants/{name}",
        summary="A picture",
        description="Redirects to where the picture is for the next hour.",
        status_code=HTTPStatus.TEMPORARY_REDIRECT,
        response_class=RedirectResponse,
        dependencies=[reading, Depends(takes("download"))],
        responses={
            HTTPStatus.TEMPORARY_REDIRECT: {"description": "The picture's URL", "headers": LOCATION},
            **refusals(NotFound, Conflict),
        },
    )
    async def variant(
        job_id: JobId,
        reader: Reader,
        name: Annotated[str, Path(description="The variant's name in the recipe.")],
        download: Annotated[bool, Query(description="To save it to a file rather than to show it.")] = False,  # noqa: FBT002 - a query parameter
    ) -> Response:
        job = await jobs.owned(job_id, reader.owner)
        link = result_link(job, name, download=download)
        if link is None:
            raise _no_picture(job, name)
        return RedirectResponse(await links.sign(link))

    @routes.get(
        "/{job_id}/manifest",
        summary="What was made of what, how and with what",
        description="Redirects to where the document is for the next hour.",
        status_code=HTTPStatus.TEMPORARY_REDIRECT,
        response_class=RedirectResponse,
        dependencies=[reading, Depends(takes("download"))],
        responses={
            HTTPStatus.TEMPORARY_REDIRECT: {"description": "The manifest's URL", "headers": LOCATION},
            **refusals(NotFound, Conflict),
        },
    )
    async def manifest(
        job_id: JobId,
        reader: Reader,
        download: Annotated[bool, Query(description="To save it to a file rather than to show it.")] = False,  # noqa: FBT002 - a query parameter
    ) -> Response:
        link = manifest_link(await jobs.owned(job_id, reader.owner), download=download)
        if link is None:
            raise Conflict("There is a manifest once the job has run to its end.")
        return RedirectResponse(await links.sign(link))

    @routes.get(
        "/{job_id}/archive",
        summary="All pictures, as a ZIP",
        description="Written while it is sent, and so of a length that is not known before. A job that failed in part "
        "gives what there is.",
        response_class=StreamingResponse,
        dependencies=[reading, Depends(takes())],
        responses={
            HTTPStatus.OK: {"description": "The archive", "content": {_ZIP: {"schema": BINARY}}},
            **refusals(NotFound, Conflict),
        },
    )
    async def archived(job_id: JobId, reader: Reader) -> Response:
        job = await jobs.owned(job_id, reader.owner)
        chunks = await archive(job, pictures)
        disposition = content_disposition(archive_name(job), download=True)
        headers = {"Content-Disposition": disposition}
        return AdmittedStream(chunks, archive_places.place(reader.owner), media_type=_ZIP, headers=headers)

    return routes


def _no_picture(job: Job, name: str) -> NotFound | Conflict:
    """Why there is nothing to redirect to."""
    if name not in job.variants:
        return NotFound("The job's recipe has no such variant.")
    state = job.variants[name]
    if state.status is VariantStatus.FAILED and state.fault:
        return Conflict(f"The picture could not be made: {state.fault.message}")
    if job.status.is_open:
        return Conflict("The picture is not ready yet.")
    return Conflict("The picture was not made.")

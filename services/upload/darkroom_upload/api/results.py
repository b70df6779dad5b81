"""The results of a job: one variant, the manifest, or all variants as an archive."""

from http import HTTPStatus
from typing import Annotated, Any, Final

from fastapi import APIRouter, Path, Query, Response
from fastapi.responses import RedirectResponse, StreamingResponse

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Conflict, ImageNotMade, NotFound, OriginalGone
from darkroom.jobs import Job, VariantState, VariantStatus
from darkroom_upload.admission import Admission
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import LOCATION, refusals
from darkroom_upload.api.documented_bodies import BINARY
from darkroom_upload.api.parameters import ONLY_DECLARED, JobId
from darkroom_upload.api.streams import AdmittedStream
from darkroom_upload.callers.caller import Caller
from darkroom_upload.jobs.job_body import manifest_link, result_link
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.on_request.make_variant import MakeVariant
from darkroom_upload.results.archive import MakeArchive, archive_name
from darkroom_upload.results.result_links import ResultLinks, content_disposition

_ZIP: Final = "application/zip"
_VariantName = Annotated[str, Path(description="The variant's name in the recipe.")]
_Download = Annotated[bool, Query(description="`true` to save it as a file, `false` to show it.")]


def router(
    jobs: JobReader,
    make_variant: MakeVariant,
    links: ResultLinks,
    archive: MakeArchive,
    archive_slots: Admission,
    access: Access,
) -> APIRouter:
    """Return the routes."""
    reading = access.caller(Scope.READ)
    routes = APIRouter(prefix="/jobs", tags=["jobs"], dependencies=[reading, ONLY_DECLARED])

    @routes.get(
        "/{job_id}/variants/{name}",
        summary="Get a variant's image",
        description="Redirects to the image. The address is valid for about an hour. A variant on request is made by "
        "the first request for it: the answer waits up to 10 seconds for it, and is 503 after that.",
        status_code=HTTPStatus.TEMPORARY_REDIRECT,
        response_class=RedirectResponse,
        responses=_redirect("The image's URL") | refusals(NotFound, Conflict, OriginalGone, ImageNotMade),
    )
    async def variant(
        job_id: JobId, reader: Annotated[Caller, reading], name: _VariantName, *, download: _Download = False
    ) -> Response:
        job = await jobs.owned(job_id, reader.owner)
        if job.variants.get(name, VariantState()).on_request:
            job = await make_variant(job, name)
        link = result_link(job, name, download=download)
        if link is None:
            raise _no_result(job, name)
        return RedirectResponse(await links.sign(link))

    @routes.get(
        "/{job_id}/manifest",
        summary="Get the manifest",
        description="The document that says what was made of the image, how and with which software. Redirects to it; "
        "the address is valid for about an hour.",
        status_code=HTTPStatus.TEMPORARY_REDIRECT,
        response_class=RedirectResponse,
        responses=_redirect("The manifest's URL"),
    )
    async def manifest(job_id: JobId, reader: Annotated[Caller, reading], *, download: _Download = False) -> Response:
        link = manifest_link(await jobs.owned(job_id, reader.owner), download=download)
        if link is None:
            raise Conflict("There is no manifest: it is written when a run of the job ends by itself.")
        return RedirectResponse(await links.sign(link))

    @routes.get(
        "/{job_id}/archive",
        summary="Get all variants as a ZIP file",
        description="Written while it is sent, so its length is not known beforehand. If some variants failed, it "
        "contains the others.",
        response_class=StreamingResponse,
        responses={
            HTTPStatus.OK: {"description": "The archive", "content": {_ZIP: {"schema": BINARY}}},
            **refusals(NotFound, Conflict),
        },
    )
    async def archived(job_id: JobId, reader: Annotated[Caller, reading]) -> Response:
        job = await jobs.owned(job_id, reader.owner)
        chunks = await archive(job)
        headers = {"Content-Disposition": content_disposition(archive_name(job), download=True)}
        return AdmittedStream(chunks, archive_slots.slot(reader.owner), media_type=_ZIP, headers=headers)

    return routes


def _redirect(description: str) -> dict[int | str, dict[str, Any]]:
    return {
        HTTPStatus.TEMPORARY_REDIRECT: {"description": description, "headers": LOCATION},
        **refusals(NotFound, Conflict),
    }


def _no_result(job: Job, name: str) -> NotFound | Conflict:
    """Return the error that says why there is no result to redirect to."""
    if name not in job.variants:
        return NotFound("The job's recipe has no such variant.")
    state = job.variants[name]
    if state.status is VariantStatus.FAILED and state.fault:
        return Conflict(f"The variant failed: {state.fault.message}")
    if job.status.is_open:
        return Conflict("The variant is not ready yet.")
    return Conflict("The variant was not made.")

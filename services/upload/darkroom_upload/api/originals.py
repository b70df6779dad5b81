"""The original of a job."""

from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Query, Response
from fastapi.responses import RedirectResponse

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Conflict, NotFound, OriginalGone
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import LOCATION, refusals
from darkroom_upload.api.parameters import ONLY_DECLARED, JobId
from darkroom_upload.callers.caller import Caller
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.originals.original_link import original_link
from darkroom_upload.originals.stored_originals import StoredOriginals
from darkroom_upload.results.result_links import ResultLinks

_Download = Annotated[
    bool,
    Query(description="`true` to save it as a file, `false` to show it. A type that is not safe to show is saved."),
]


def router(jobs: JobReader, originals: StoredOriginals, links: ResultLinks, access: Access) -> APIRouter:
    """Return the route. `links` signs links to the originals bucket."""
    reading = access.caller(Scope.READ)
    routes = APIRouter(prefix="/jobs", tags=["jobs"], dependencies=[reading, ONLY_DECLARED])

    @routes.get(
        "/{job_id}/original",
        summary="Get the original",
        description="Redirects to the file that was uploaded. The address is valid for about an hour. "
        "`original.expires_at` in the job's body says how long there is an original.",
        status_code=HTTPStatus.TEMPORARY_REDIRECT,
        response_class=RedirectResponse,
        responses={
            HTTPStatus.TEMPORARY_REDIRECT: {"description": "The original's URL", "headers": LOCATION},
            **refusals(NotFound, Conflict, OriginalGone),
        },
    )
    async def original(job_id: JobId, reader: Annotated[Caller, reading], *, download: _Download = False) -> Response:
        job, details = await jobs.owned_with_details(job_id, reader.owner)
        found = await originals.require(job)
        return RedirectResponse(await links.sign(original_link(job, details, found, download=download)))

    return routes

"""`GET /status/{id}`: how a job stands."""

from contextlib import nullcontext
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from darkroom.accounts.api_keys import Scope
from darkroom.errors import NotFound
from darkroom_upload.admission import Admission
from darkroom_upload.api.documentation import NOT_MODIFIED, STATUS_HEADERS, refusals
from darkroom_upload.api.parameters import JobId, takes
from darkroom_upload.api.responses import job_response, matches
from darkroom_upload.callers.authentication import Authenticate, allowed
from darkroom_upload.callers.caller import Caller
from darkroom_upload.jobs.job_body import JobBody
from darkroom_upload.jobs.job_reader import JobReader, JobVersion
from darkroom_upload.jobs.watcher import JobWatcher
from darkroom_upload.results.result_links import ResultLinks

LONGEST_WAIT_SECONDS: Final = 20
"""Shorter than the idle time-out of any proxy on the way."""


def router(
    jobs: JobReader, links: ResultLinks, watcher: JobWatcher, places: Admission, authenticate: Authenticate
) -> APIRouter:
    """The route."""
    reading = Depends(allowed(authenticate, Scope.READ))
    Reader = Annotated[Caller, reading]  # noqa: N806 - a type
    routes = APIRouter(tags=["jobs"], dependencies=[reading])

    async def look(job_id: str, owner: str) -> tuple[Response, JobVersion]:
        job, details = await jobs.owned_with_details(job_id, owner)
        return await job_response(job, details, links), JobVersion.of(job)

    @routes.get(
        "/status/{job_id}",
        summary="How a job stands",
        dependencies=[Depends(takes("wait"))],
        response_model=JobBody,
        responses={
            HTTPStatus.OK: {"headers": STATUS_HEADERS},
            **NOT_MODIFIED,
            **refusals(NotFound),
        },
    )
    async def status(
        request: Request,
        job_id: JobId,
        reader: Reader,
        wait: Annotated[
            int,
            Query(
                ge=0,
                le=LONGEST_WAIT_SECONDS,
                description="Seconds to wait for the job's status to change before answering; a job that has ended, "
                "or one that differs from the version in If-None-Match, is answered at once.",
            ),
        ] = 0,
        if_none_match: Annotated[
            str | None, Header(description="An ETag from an earlier answer; 304 when nothing has changed since.")
        ] = None,
    ) -> Response:
        with places.place(reader.owner) if wait else nullcontext():
            answer, seen = await look(job_id, reader.owner)
            news = if_none_match is not None and not matches(if_none_match, answer.headers["ETag"])
            if wait and seen.status.is_open and not news:
                del answer  # While it waits, a request holds neither the job nor an answer.
                await watcher.changed(job_id, seen, within_seconds=wait)
                await authenticate.recheck(request, reader, Scope.READ)
                answer, _ = await look(job_id, reader.owner)
        if matches(if_none_match, answer.headers["ETag"]):
            return _not_modified(answer)
        return answer

    return routes


def _not_modified(answer: Response) -> Response:
    kept = {name: value for name, value in answer.headers.items() if name in ("etag", "cache-control", "retry-after")}
    return Response(status_code=int(HTTPStatus.NOT_MODIFIED), headers=kept)

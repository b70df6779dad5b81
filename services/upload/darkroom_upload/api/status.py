"""`GET /status/{id}`: a job's status."""

from contextlib import nullcontext
from enum import StrEnum
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Header, Query, Request, Response

from darkroom.accounts.api_keys import Scope
from darkroom.errors import NotFound
from darkroom_upload.admission import Admission
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import NOT_MODIFIED, STATUS_HEADERS, refusals
from darkroom_upload.api.parameters import ONLY_DECLARED, JobId
from darkroom_upload.api.responses import job_response, matches, not_modified
from darkroom_upload.callers.caller import Caller
from darkroom_upload.jobs.job_body import JobBody
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.jobs.job_version import JobVersion
from darkroom_upload.jobs.watcher import JobWatcher
from darkroom_upload.results.result_links import ResultLinks

LONGEST_WAIT_SECONDS: Final = 20
"""Shorter than the idle timeout of any proxy in front of the service."""


class Include(StrEnum):
    """A part of the job that is shown only if it is asked for."""

    RECIPE = "recipe"


def router(jobs: JobReader, links: ResultLinks, watcher: JobWatcher, slots: Admission, access: Access) -> APIRouter:
    """Return the route."""
    reading = access.caller(Scope.READ)
    routes = APIRouter(tags=["jobs"], dependencies=[reading, ONLY_DECLARED])

    async def read(job_id: str, owner: str, include: Include | None) -> tuple[Response, JobVersion]:
        job, details = await jobs.owned_with_details(job_id, owner)
        recipe = await jobs.recipe_of(job_id) if include else None
        document = recipe.model_dump(mode="json") if recipe else None
        return await job_response(job, details, links, document=document), JobVersion.of(job)

    @routes.get(
        "/status/{job_id}",
        summary="Get a job's status",
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
        reader: Annotated[Caller, reading],
        wait: Annotated[
            int,
            Query(
                ge=0,
                le=LONGEST_WAIT_SECONDS,
                description="Seconds to wait for the job's status to change before answering. There is no wait if the "
                "job has ended, or differs from the version in If-None-Match.",
            ),
        ] = 0,
        include: Annotated[
            Include | None,
            Query(description="`recipe`: also show the recipe as it runs, as `recipe_document`. It can have 32 KiB."),
        ] = None,
        if_none_match: Annotated[
            str | None,
            Header(description="An ETag of an earlier answer. If nothing has changed since, the answer is 304."),
        ] = None,
    ) -> Response:
        with slots.slot(reader.owner) if wait else nullcontext():
            answer, seen = await read(job_id, reader.owner, include)
            is_news = if_none_match is not None and not matches(if_none_match, answer.headers["ETag"])
            if wait and seen.status.is_open and not is_news:
                del answer  # A request that waits holds neither the job nor a response in memory.
                await watcher.changed(job_id, seen, within_seconds=wait)
                await access.authenticate.recheck(request, reader, Scope.READ)
                answer, _ = await read(job_id, reader.owner, include)
        if matches(if_none_match, answer.headers["ETag"]):
            return not_modified(answer)
        return answer

    return routes

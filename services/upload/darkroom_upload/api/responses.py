"""Responses that show a job."""

import hashlib
from http import HTTPStatus
from typing import Any, Final

from fastapi import Response

from darkroom.job_details import JobDetails
from darkroom.jobs import Job
from darkroom_upload.jobs.job_body import job_body
from darkroom_upload.results.result_links import ResultLinks

RETRY_AFTER_SECONDS: Final = 1
"""Seconds after which a client that polls an open job should ask again."""

_REVALIDATE: Final = "private, no-cache"
"""Only the client may keep the response, and must ask each time whether it is still current."""


async def job_response(
    job: Job,
    details: JobDetails,
    links: ResultLinks,
    *,
    document: dict[str, Any] | None = None,
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """Return the job as a response whose ETag changes with the body."""
    body = (await job_body(job, details, links, document=document)).model_dump_json().encode()
    headers = {"ETag": etag_of(body), "Cache-Control": _REVALIDATE}
    if job.status.is_open:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return Response(body, status_code=int(status), media_type="application/json", headers=headers)


def revalidated_response(body: bytes, if_none_match: str | None) -> Response:
    """Return a JSON body as a response with its ETag, or 304 if the client has it already."""
    headers = {"ETag": etag_of(body), "Cache-Control": _REVALIDATE}
    if matches(if_none_match, headers["ETag"]):
        return Response(status_code=int(HTTPStatus.NOT_MODIFIED), headers=headers)
    return Response(body, media_type="application/json", headers=headers)


def etag_of(body: bytes) -> str:
    """Return the strong ETag of exactly this body."""
    return f'"{hashlib.sha256(body).hexdigest()[:32]}"'


def matches(if_none_match: str | None, etag: str) -> bool:
    """Say whether the client has this version already (RFC 9110, section 13.1.2)."""
    if if_none_match is None:
        return False
    known = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in known or known == ["*"]


def not_modified(answer: Response) -> Response:
    """Return the answer for a client that has this version already: its headers without the body."""
    kept = {name: value for name, value in answer.headers.items() if name in ("etag", "cache-control", "retry-after")}
    return Response(status_code=int(HTTPStatus.NOT_MODIFIED), headers=kept)

"""Responses that show a job."""

import hashlib
from http import HTTPStatus
from typing import Final

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
    job: Job, details: JobDetails, links: ResultLinks, *, status: HTTPStatus = HTTPStatus.OK
) -> Response:
    """Return the job as a response whose ETag changes with the body."""
    body = (await job_body(job, details, links)).model_dump_json().encode()
    headers = {"ETag": f'"{hashlib.sha256(body).hexdigest()[:32]}"', "Cache-Control": _REVALIDATE}
    if job.status.is_open:
        headers["Retry-After"] = str(RETRY_AFTER_SECONDS)
    return Response(body, status_code=int(status), media_type="application/json", headers=headers)


def matches(if_none_match: str | None, etag: str) -> bool:
    """Say whether the client has this version already (RFC 9110, section 13.1.2)."""
    if if_none_match is None:
        return False
    known = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return etag in known or known == ["*"]

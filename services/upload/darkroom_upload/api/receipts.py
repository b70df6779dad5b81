"""Answers about a job to a caller who changes it. A caller without the scope `read` gets its id and status alone."""

from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus

from fastapi import Response

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Conflict, OriginalGone, UnderWay
from darkroom.job_details import JobDetails
from darkroom.jobs import Job
from darkroom_upload.api.responses import job_response
from darkroom_upload.callers.caller import Caller
from darkroom_upload.jobs.job_body import ReceiptBody, status_path
from darkroom_upload.results.result_links import ResultLinks


async def accepted_response(job: Job, details: JobDetails, links: ResultLinks, caller: Caller) -> Response:
    """Return a response 202 about a job, with the address of its status."""
    if caller.may(Scope.READ):
        answer = await job_response(job, details, links, status=HTTPStatus.ACCEPTED)
    else:
        receipt = ReceiptBody.of(job).model_dump_json()
        answer = Response(receipt, status_code=HTTPStatus.ACCEPTED, media_type="application/json")
    answer.headers["Location"] = status_path(job.job_id)
    return answer


@contextmanager
def conflicts_hidden(caller: Caller) -> Iterator[None]:
    """Hide from a caller without the scope `read` why a job cannot be changed: the reason says more than its status."""
    try:
        yield
    except UnderWay:
        raise
    except (Conflict, OriginalGone) as error:
        if caller.may(Scope.READ):
            raise
        raise Conflict("The job's status does not allow this now.") from error

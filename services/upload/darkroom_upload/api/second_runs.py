"""`POST /jobs`: a second run, which is a new job on the original of another one."""

from functools import partial
from http import HTTPStatus
from typing import Annotated, Final

from fastapi import APIRouter, Request, Response

from darkroom.accounts.api_keys import Scope
from darkroom.errors import (
    Conflict,
    IdempotencyMismatch,
    InvalidRecipe,
    NotFound,
    OriginalGone,
    QuotaExceeded,
    RecipeTooLarge,
    UnderWay,
    UnsupportedMediaType,
    UploadTooLarge,
)
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import LOCATION, REPLAYED, refusals
from darkroom_upload.api.job_request import JobRequest
from darkroom_upload.api.json_body import documented, read_json
from darkroom_upload.api.parameters import ONLY_DECLARED, IdempotencyKey, stored_id
from darkroom_upload.api.receipts import accepted_response
from darkroom_upload.callers.caller import Caller
from darkroom_upload.intake.choose_recipe import ChooseRecipe
from darkroom_upload.jobs.job_body import JobBody
from darkroom_upload.originals.run_again import RunAgain
from darkroom_upload.results.result_links import ResultLinks

_LONGEST_BODY_BYTES: Final = 256 * 1024


class RunRequest(JobRequest):
    """A job on the original of another job."""

    original_of: str
    """The id of one of your jobs. Its original is copied."""


def router(
    run: RunAgain, choose_recipe: ChooseRecipe, links: ResultLinks, access: Access, *, allow_http: bool
) -> APIRouter:
    """Return the route. `allow_http` says whether callback URLs may use plain HTTP."""
    # The results show the original, which only the scope `read` may see.
    running = access.caller(Scope.READ, Scope.UPLOAD)
    routes = APIRouter(prefix="/jobs", tags=["jobs"], dependencies=[running, ONLY_DECLARED])

    @routes.post(
        "",
        summary="Run a recipe on the original of a job",
        description="Makes a new job with a copy of the original, as if the file had been uploaded again: it counts "
        "against the quotas, expires and is deleted by itself. Takes the scopes `upload` and `read`.",
        status_code=HTTPStatus.ACCEPTED,
        response_model=JobBody,
        openapi_extra=documented(RunRequest),
        responses={
            HTTPStatus.ACCEPTED: {"description": "The new job", "headers": LOCATION | REPLAYED},
            **refusals(
                NotFound,
                Conflict,
                UnderWay,
                OriginalGone,
                UploadTooLarge,
                UnsupportedMediaType,
                InvalidRecipe,
                RecipeTooLarge,
                IdempotencyMismatch,
                QuotaExceeded,
            ),
        },
    )
    async def run_again(request: Request, runner: Annotated[Caller, running], key: IdempotencyKey) -> Response:
        wanted = await read_json(request, RunRequest, max_bytes=_LONGEST_BODY_BYTES)
        options = await wanted.options(partial(choose_recipe, owner=runner.owner), allow_http=allow_http)
        submission = await run(stored_id(wanted.original_of), options, caller=runner, key=key)
        answer = await accepted_response(submission.job, submission.details, links, runner)
        if submission.replayed:
            answer.headers["Idempotency-Replayed"] = "true"
        return answer

    return routes

"""`POST /jobs/actions`: one change for many jobs, and `GET /jobs/actions/{id}`: how far it has come."""

from http import HTTPStatus
from typing import Annotated, Final, Self

from fastapi import APIRouter, Path, Request, Response
from pydantic import BaseModel, ConfigDict, Field, model_validator

from darkroom.accounts.api_keys import Scope
from darkroom.actions import MOST_JOBS, Action, ActionCounts, ActionKind, ActionState, JobFilter
from darkroom.clock import Moment
from darkroom.errors import Conflict, MalformedRequest, NotFound, QuotaExceeded, UnsupportedMediaType, UploadTooLarge
from darkroom_upload.actions.act_on_jobs import ActOnJobs, Outcome
from darkroom_upload.actions.start_action import StartAction
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import LOCATION, refusals
from darkroom_upload.api.json_body import documented, read_json
from darkroom_upload.api.parameters import ONLY_DECLARED, stored_id
from darkroom_upload.callers.caller import Caller
from darkroom_upload.response_body import ResponseBody

_LONGEST_BODY_BYTES: Final = 16 * 1024


class ActionRequest(BaseModel):
    """What to do, and with which jobs: those that `job_ids` names, or those that match `filter`."""

    model_config = ConfigDict(extra="forbid", use_attribute_docstrings=True)

    action: ActionKind
    """`retry` runs failed variants again, `delete` cancels open jobs and deletes ended ones."""
    job_ids: Annotated[list[str], Field(min_length=1, max_length=MOST_JOBS)] | None = None
    """Ids of jobs, all different."""
    filter: JobFilter | None = None

    @model_validator(mode="after")
    def _names_jobs_in_one_way(self) -> Self:
        if (self.job_ids is None) == (self.filter is None):
            raise ValueError("give either job_ids or filter")
        if self.job_ids and len({job_id.lower() for job_id in self.job_ids}) < len(self.job_ids):
            raise ValueError("a job is named twice in job_ids")
        return self


class OutcomeBody(ResponseBody):
    """What became of one job."""

    job_id: str
    ok: bool
    code: str | None
    """The code of the error, as a request for this one job would have it; null for success."""
    detail: str | None

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """Return the outcome as clients see it."""
        return cls(job_id=outcome.job_id, ok=outcome.code is None, code=outcome.code, detail=outcome.detail)


class OutcomesBody(ResponseBody):
    """The outcomes, in the order of `job_ids`."""

    outcomes: list[OutcomeBody]


class ActionBody(ResponseBody):
    """An action by filter, and how far it has come."""

    action_id: str
    action: ActionKind
    state: ActionState
    counts: ActionCounts
    created_at: Moment
    """Jobs that were created later are left out."""
    updated_at: Moment

    @classmethod
    def of(cls, action: Action) -> Self:
        """Return the action as clients see it."""
        return cls(
            action_id=action.id,
            action=action.kind,
            state=action.state,
            counts=action.counts,
            created_at=action.created_at,
            updated_at=action.updated_at,
        )


def router(act: ActOnJobs, start: StartAction, access: Access) -> APIRouter:
    """Return the routes."""
    changing, reading = access.caller(Scope.UPLOAD), access.caller(Scope.READ)
    routes = APIRouter(prefix="/jobs/actions", tags=["jobs"], dependencies=[ONLY_DECLARED])

    @routes.post(
        "",
        summary="Retry, delete, publish or unpublish many jobs",
        description=f"Up to {MOST_JOBS} jobs by id: 200 with an outcome for each. All jobs that match a filter: 202, "
        "and the jobs are changed in the background, one action of an owner at a time. Each retry counts against the "
        "daily quotas as one more job.",
        dependencies=[changing],
        openapi_extra=documented(ActionRequest),
        response_model=OutcomesBody,
        responses={
            HTTPStatus.ACCEPTED: {
                "model": ActionBody,
                "description": "The action is recorded and will be performed",
                "headers": LOCATION,
            },
            **refusals(Conflict, QuotaExceeded, UploadTooLarge, UnsupportedMediaType),
        },
    )
    async def act_on_jobs(request: Request, changer: Annotated[Caller, changing]) -> Response:
        wanted = await read_json(request, ActionRequest, max_bytes=_LONGEST_BODY_BYTES)
        if wanted.filter is not None:
            action = await start(wanted.action, wanted.filter, changer)
            body, headers = ActionBody.of(action), {"Location": f"/jobs/actions/{action.id}"}
            return _json(body, HTTPStatus.ACCEPTED, headers)
        outcomes = await act(wanted.action, _known(wanted.job_ids or []), changer)
        return _json(OutcomesBody(outcomes=[OutcomeBody.of(outcome) for outcome in outcomes]), HTTPStatus.OK, {})

    @routes.get(
        "/{action_id}",
        summary="See how far an action has come",
        dependencies=[reading],
        responses=refusals(NotFound),
    )
    async def read_action(
        action_id: Annotated[str, Path(description="The action's id, a UUID.")], reader: Annotated[Caller, reading]
    ) -> ActionBody:
        return ActionBody.of(await start.find(stored_id(action_id), reader))

    return routes


def _known(job_ids: list[str]) -> list[str]:
    """Return ids in the form in which they are stored. Raises MalformedRequest for a text that cannot be a job's id."""
    try:
        return [stored_id(job_id) for job_id in job_ids]
    except NotFound as error:
        raise MalformedRequest("job_ids has a text that is not a job's id.") from error


def _json(body: ResponseBody, status: HTTPStatus, headers: dict[str, str]) -> Response:
    return Response(body.model_dump_json(), status_code=int(status), headers=headers, media_type="application/json")

"""Actions on many jobs as the API shows them."""

from collections.abc import Mapping
from enum import StrEnum

from darkroom_client.response_model import Moment, ResponseModel


class ActionKind(StrEnum):
    """What is done with each job."""

    RETRY = "retry"
    DELETE = "delete"
    PUBLISH = "publish"
    UNPUBLISH = "unpublish"


class Outcome(ResponseModel):
    """What became of one named job."""

    job_id: str
    ok: bool
    code: str | None
    """The code of the error, or None."""
    detail: str | None


class Outcomes(ResponseModel):
    """The outcomes of a request, in the order of its ids."""

    outcomes: list[Outcome]


class ActionCounts(ResponseModel):
    """How far an action has come."""

    examined: int
    done: int
    failed: int
    failures: Mapping[str, int]
    """The failed jobs by the code of the error."""


class Action(ResponseModel):
    """An action on all jobs that match a filter."""

    action_id: str
    action: ActionKind
    state: str
    """`queued`, `running` or `done`."""
    counts: ActionCounts
    created_at: Moment
    updated_at: Moment

    @property
    def is_done(self) -> bool:
        """Whether all jobs have been examined."""
        return self.state == "done"

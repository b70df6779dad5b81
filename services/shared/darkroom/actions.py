"""Actions on many jobs: one kind of change for all jobs of an owner that match a filter.

    queued ──► running ──► done

The upload service records an action. The orchestrator performs it page by page: it plans which jobs of the page to
change, writes the plan, changes them, and writes the counts. A plan names the attempt and the state of each job as it
was read, so that a page that is performed twice changes each job once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final, Self

import uuid_utils.compat
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from darkroom.accounts.allowances import Allowance
from darkroom.jobs import Job, JobStatus

MOST_JOBS: Final = 100
"""Jobs that one request may name."""
_LONGEST_TEXT: Final = 256


class ActionKind(StrEnum):
    """What is done with each job. The value is the public name."""

    RETRY = "retry"
    """Run the failed variants again."""
    DELETE = "delete"
    """Cancel an open job, delete one that has ended."""
    PUBLISH = "publish"
    """Give the results public addresses."""
    UNPUBLISH = "unpublish"
    """Withdraw the public addresses."""


class ActionState(StrEnum):
    """State of an action. The value is the public name."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    """All jobs have been examined. Some may have failed: `failures` counts them by code."""


_Text = Annotated[str, StringConstraints(min_length=1, max_length=_LONGEST_TEXT)]


class JobFilter(BaseModel):
    """The jobs that an action is about: those that meet all given conditions."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    status: tuple[JobStatus, ...] = ()
    """The job has one of these statuses."""
    preset: _Text | None = None
    """The job's recipe is this preset, or `custom`."""
    filename: _Text | None = None
    """The file's name begins with this text."""
    created_after: AwareDatetime | None = None
    """The job was created at this moment or later."""
    created_before: AwareDatetime | None = None
    """The job was created before this moment."""
    metadata: dict[str, str] = Field(default_factory=dict, max_length=16)
    """The job's metadata has these values."""

    @model_validator(mode="after")
    def _has_a_condition(self) -> Self:
        if not self.model_fields_set:
            raise ValueError("give at least one condition: an empty filter would match all your jobs")
        return self

    def matches(self, job: Job) -> bool:
        """Whether a job meets all conditions except those on its metadata."""
        return (
            (not self.status or job.status in self.status)
            and self.preset in (None, job.recipe_name)
            and job.filename.startswith(self.filename or "")
            and (self.created_after is None or job.created_at >= self.created_after)
            and (self.created_before is None or job.created_at < self.created_before)
        )

    def matches_metadata(self, metadata: Mapping[str, str]) -> bool:
        """Whether metadata meets the conditions on it."""
        return self.metadata.items() <= metadata.items()


class Charging(BaseModel):
    """The caller whom the retries of an action are charged to, and their daily quotas."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    caller: str
    """The name under which the caller's quotas are counted."""
    jobs_per_day: int | None
    bytes_per_day: int | None

    @property
    def allowance(self) -> Allowance:
        """The quotas."""
        return Allowance(rate=None, jobs_per_day=self.jobs_per_day, bytes_per_day=self.bytes_per_day, stored_bytes=None)


class PlannedJob(BaseModel):
    """A job that an action is going to change, as it was read."""

    model_config = ConfigDict(frozen=True)

    job_id: str
    attempt: int
    is_open: bool


class ActionCounts(BaseModel):
    """How far an action has come. Jobs are counted once their page is finished."""

    model_config = ConfigDict(frozen=True, use_attribute_docstrings=True)

    examined: int = 0
    """Jobs that were compared with the filter."""
    done: int = 0
    """Jobs that were changed."""
    failed: int = 0
    """Jobs that match and could not be changed."""
    failures: dict[str, int] = Field(default_factory=dict)
    """The same by the code of the error."""

    def with_outcomes(self, codes: Mapping[str, str | None]) -> "ActionCounts":
        """Return the counts after further jobs: the code of each one's error by id, None for success."""
        failures = dict(self.failures)
        for code in codes.values():
            if code is not None:
                failures[code] = failures.get(code, 0) + 1
        failed = sum(code is not None for code in codes.values())
        return ActionCounts(
            examined=self.examined,
            done=self.done + len(codes) - failed,
            failed=self.failed + failed,
            failures=failures,
        )


@dataclass(frozen=True, kw_only=True)
class Position:
    """The beginning of the next page: a partition in the index of the owner's jobs, and the last key before it."""

    shard: int = 0
    after: str | None = None


@dataclass(frozen=True, kw_only=True)
class Action:
    """One change for all jobs of an owner that match a filter."""

    id: str
    owner: str
    kind: ActionKind
    filter: JobFilter
    charging: Charging | None
    """None for a caller without quotas."""
    created_at: datetime
    """Later jobs are left out."""
    updated_at: datetime
    state: ActionState = ActionState.QUEUED
    step: int = 0
    """Number of writes so far. A process that finds another step than it has seen was overtaken."""
    position: Position | None = field(default_factory=Position)
    """None once the last page was planned."""
    planned: tuple[PlannedJob, ...] = ()
    """Jobs of the present page that match, and that may have been changed already."""
    counts: ActionCounts = ActionCounts()


def new_action_id() -> str:
    """Return a new UUIDv7."""
    return str(uuid_utils.compat.uuid7())

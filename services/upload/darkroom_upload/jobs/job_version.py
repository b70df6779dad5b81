"""Versions of jobs: what tells one state of a job that clients can see from every other."""

from dataclasses import dataclass
from typing import Self

from darkroom.jobs import Job, JobStatus
from darkroom.tables.dynamodb import Item


@dataclass(frozen=True, kw_only=True)
class JobVersion:
    """One state of a job. Within an attempt the status only advances, and fewer and fewer parts are pending."""

    status: JobStatus
    attempt: int
    pending: int
    """Parts without an outcome."""

    @classmethod
    def of(cls, job: Job) -> Self:
        """Return the version of a job as it was read."""
        return cls(status=job.status, attempt=job.attempt, pending=len(job.pending))

    @classmethod
    def of_item(cls, item: Item) -> Self:
        """Return the version of a job's item, of which these three attributes suffice."""
        return cls(
            status=JobStatus(item["status"]["S"]),
            attempt=int(item["attempt"]["N"]),
            pending=len(item["pending"]["SS"]) if "pending" in item else 0,
        )

    def has_other_status(self, other: "JobVersion") -> bool:
        """Say whether more than progress lies between two versions: another status or another attempt."""
        return (self.status, self.attempt) != (other.status, other.attempt)

    def __str__(self) -> str:
        return f"{self.attempt}-{self.status}-{self.pending}"

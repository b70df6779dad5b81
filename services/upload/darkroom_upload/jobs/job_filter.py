"""The filter of a list: its conditions and its order."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from darkroom.jobs import JobStatus
from darkroom_upload.jobs.job_summary import JobSummary


@dataclass(frozen=True, kw_only=True)
class JobFilter:
    """The conditions of a list; a job must meet all of them. Without any, the list has all jobs, newest first."""

    statuses: frozenset[JobStatus] = frozenset()
    """The job has one of these statuses; empty for any."""
    preset: str | None = None
    """The job's recipe has this name."""
    filename: str | None = None
    """The file's name begins with this, in the same letters."""
    created_after: str | None = None
    """The job was created at this moment or later. Moments are texts, as `clock.iso` writes them."""
    created_before: str | None = None
    """The job was created before this moment."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """The job's metadata has these entries."""
    newest_first: bool = True

    @property
    def selects(self) -> bool:
        """Whether single jobs must be looked at. Times and the order only say where the index is read."""
        return bool(self.statuses or self.preset or self.filename or self.metadata)

    @property
    def fingerprint(self) -> str:
        """A short text that differs for other conditions. A cursor carries it."""
        document = [
            sorted(self.statuses),
            self.preset,
            self.filename,
            self.created_after,
            self.created_before,
            sorted(self.metadata.items()),
            self.newest_first,
        ]
        return hashlib.sha256(json.dumps(document).encode()).hexdigest()[:12]

    def accepts(self, job: JobSummary) -> bool:
        """Return whether a job meets the conditions that its summary can tell: all but that of the metadata."""
        return (
            (not self.statuses or job.status in self.statuses)
            and self.preset in (None, job.recipe_name)
            and job.filename.startswith(self.filename or "")
        )

    def accepts_metadata(self, metadata: Mapping[str, str]) -> bool:
        """Return whether a job with this metadata meets the condition of the metadata."""
        return self.metadata.items() <= metadata.items()

"""Public copies: what a published job has under `public/` in the results bucket once it has ended."""

from collections.abc import Mapping
from typing import Final

from darkroom.jobs import Job, JobStatus, VariantResult
from darkroom.object_keys import public_key


def public_copies(job: Job) -> Mapping[str, VariantResult]:
    """Return the results of a job by the keys of their public copies, in the order of the recipe."""
    return {
        public_key(job.job_id, name, state.result.format.extension): state.result
        for name, state in job.variants.items()
        if state.result
    }


HAS_RESULTS: Final = frozenset({JobStatus.COMPLETED, JobStatus.PARTIALLY_COMPLETED})
"""Statuses of jobs that have ended with results."""


def has_public_copies(job: Job) -> bool:
    """Whether each result of the job has its public copy: the job is published and has ended with results."""
    return job.published and job.status in HAS_RESULTS

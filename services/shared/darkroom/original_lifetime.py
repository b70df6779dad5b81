"""How long an original lasts: some days, or as long as its job.

An original that expires has a tag, by which a lifecycle rule of its bucket finds it (`darkroom.topology`). Everything
that arrives has this tag. If the job keeps its original, the orchestrator removes the tag before it starts the job.
"""

from datetime import datetime, timedelta
from typing import Final

from darkroom.errors import OriginalGone
from darkroom.jobs import Job
from darkroom.topology import EXPIRE_TAG

NEVER_CAME: Final = "The job has no original: none arrived."


def expiry_tag(days: int) -> dict[str, str]:
    """Return the tag of an object that expires after some days, as key and value."""
    return {EXPIRE_TAG: str(days)}


def is_kept(job: Job) -> bool:
    """Return whether the job's original lasts as long as the job. That of a refused upload never does."""
    return job.keep_original and job.original is not None and job.queued_at is not None


def expires_at(job: Job) -> datetime | None:
    """Return the moment until which the job's original is readable; None for one that is kept.

    S3 hides it at the midnight (UTC) after this moment, and deletes every version of it a day later.
    """
    return None if is_kept(job) else job.created_at + timedelta(days=job.original_days)


def is_over(job: Job, moment: datetime) -> bool:
    """Return whether the original's time is over, although S3 may still have it."""
    end = expires_at(job)
    return end is not None and moment >= end


def gone(job: Job) -> OriginalGone:
    """Return the error that says why the job's original is gone."""
    if job.original is None:
        return OriginalGone(NEVER_CAME)
    if is_kept(job):
        return OriginalGone("The original is gone: it was deleted from the bucket. Upload the image again.")
    return OriginalGone(f"The original is gone: it was kept for {_days(job.original_days)}. Upload the image again.")


def _days(number: int) -> str:
    return "1 day" if number == 1 else f"{number} days"

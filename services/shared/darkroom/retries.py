"""The rules for retries of jobs, as the orchestrator applies them and as the job's body shows them."""

from darkroom.jobs import RETRYABLE, Fault, Job
from darkroom.limits import MAX_RUNS


def retry_refusal(job: Job) -> Fault | None:
    """Return why the job cannot be retried in its present state; None if it can be while its original is there."""
    if job.status.is_open:
        return Fault(code="job_open", message=f"The job is {job.status}: it can be retried once it has failed.")
    if job.status not in RETRYABLE:
        message = f"The job is {job.status}: only a failed or partially completed job can be retried."
        return Fault(code="not_failed", message=message)
    if job.attempt >= MAX_RUNS:
        return Fault(code="no_runs_left", message=f"The job has had all its {MAX_RUNS} runs. Upload the image again.")
    if job.original is None or job.queued_at is None:
        return Fault(code="upload_refused", message="The upload itself was refused, so there is nothing to retry.")
    return None

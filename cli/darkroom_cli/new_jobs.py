"""What `upload` and `import` do with the jobs that they have made: wait for them, store their results, show them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from darkroom_cli.downloads import require_complete, save
from darkroom_cli.failures import Failures
from darkroom_cli.jobs import COLUMNS, row
from darkroom_cli.output import show_rows
from darkroom_client import Client, Receipt


def ended(api: Client, sent: Sequence[Receipt], failures: Failures, *, output: Path | None) -> list[Receipt]:
    """Wait for the ends of jobs, and put their results into `output` if it is given. Return the jobs as known then."""
    jobs = {receipt.job_id: receipt for receipt in sent}

    def follow(job_id: str) -> None:
        job = jobs[job_id] = api.wait(job_id)
        if output:
            save(api, job, output)
        require_complete(job)

    failures.each(list(jobs), follow)
    return list(jobs.values())


def show_jobs(jobs: Iterable[Receipt], *, json_wanted: bool) -> None:
    """Print the jobs; nothing if there are none."""
    documents = [job.as_document() for job in jobs]
    if documents:
        show_rows(documents if json_wanted else map(row, documents), columns=COLUMNS, json_wanted=json_wanted)

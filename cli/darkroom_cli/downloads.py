"""`darkroom download`: fetch the results of jobs."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from darkroom_cli.api import open_api
from darkroom_cli.failures import Failed, Failures, Status
from darkroom_client import Client, Job, JobStatus


@click.command()
@click.argument("job_ids", nargs=-1, required=True, metavar="JOB...")
@click.option(
    "--output",
    default=".",
    type=click.Path(file_okay=False, path_type=Path),
    help="Folder that gets a folder for each job.",
)
def download(job_ids: tuple[str, ...], output: Path) -> None:
    """Fetch the results of jobs."""
    failures = Failures()
    with open_api() as api:

        def fetch(job_id: str) -> None:
            job = api.job(job_id)
            for path in save(api, job, output):
                click.echo(path)
            require_complete(job)

        failures.each(job_ids, fetch)
    failures.report()


def save(api: Client, job: Job, output: Path) -> list[Path]:
    """Put the results of a job into `output/<job id>/<variant>.<extension>`, and return where they are."""
    with writing(output / job.job_id):
        return api.download(job, output)


def make_folder(path: Path) -> None:
    """Make a folder, if it is not there. Raises Failed."""
    with writing(path):
        path.mkdir(parents=True, exist_ok=True)


def require_complete(job: Job) -> None:
    """Raise Failed unless the job has made all of its results."""
    if job.status is not JobStatus.COMPLETED:
        reasons = dict.fromkeys(fault.message for fault in job.faults)
        raise Failed(" ".join(["Not all results were made:", f"{job.status}.", *reasons]), Status.INCOMPLETE)


@contextmanager
def writing(path: Path) -> Iterator[None]:
    """Turn what the file system refuses into Failed."""
    try:
        yield
    except OSError as error:
        raise Failed(f"{path} cannot be written: {error.strerror}") from error

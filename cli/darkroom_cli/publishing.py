"""`darkroom publish` and `darkroom unpublish`: public addresses of the results of a job."""

import click

from darkroom_cli.api import open_api
from darkroom_client import Job


@click.command()
@click.argument("job_id", metavar="JOB")
def publish(job_id: str) -> None:
    """Give the results of JOB public addresses, and print them. An open job gets them when it ends."""
    with open_api() as api:
        job = api.publish(job_id)
    if isinstance(job, Job):
        for variant in job.variants:
            if variant.public_url:
                click.echo(variant.public_url)


@click.command()
@click.argument("job_id", metavar="JOB")
def unpublish(job_id: str) -> None:
    """Take the public addresses of JOB back. Caches may keep what they have."""
    with open_api() as api:
        api.unpublish(job_id)
    click.echo(f"Not public: {job_id}")

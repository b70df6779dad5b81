"""`darkroom original` and `darkroom rerun`: fetch the original of a job, and run another recipe on it."""

from pathlib import Path

import click

from darkroom_cli.api import open_api
from darkroom_cli.downloads import make_folder, require_complete, save, writing
from darkroom_cli.jobs import COLUMNS, row
from darkroom_cli.output import as_json, show_rows
from darkroom_cli.recipe_option import keep_option, recipe_option


@click.command()
@click.argument("job_id", metavar="JOB")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file; by default the uploaded name."
)
def original(job_id: str, output: Path | None) -> None:
    """Fetch the file that was uploaded for JOB."""
    with open_api() as api:
        job = api.job(job_id)
        path = output or Path(Path(job.source.filename).name)
        with writing(path):
            click.echo(api.original(job, path))


@click.command()
@click.argument("job_id", metavar="JOB")
@recipe_option
@click.option("--callback-url", default="", help="URL that gets a webhook when the job has ended.")
@click.option("--publish/--no-publish", default=None, help="Whether the results get public addresses.")
@keep_option
@click.option("--wait", is_flag=True, help="Wait until the job has ended.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Wait, and put the results here.")
@as_json
def rerun(
    job_id: str,
    recipe: str,
    callback_url: str,
    *,
    publish: bool | None,
    keep_original: bool | None,
    wait: bool,
    output: Path | None,
    json_wanted: bool,
) -> None:
    """Run another recipe on the original of JOB. This is a new job."""
    if output:
        make_folder(output)
    with open_api() as api:
        receipt = api.run(
            job_id, recipe=recipe, callback_url=callback_url or None, publish=publish, keep_original=keep_original
        )
        job = api.wait(receipt) if wait or output else None
        if job and output:
            save(api, job, output)
    document = (job or receipt).as_document()
    show_rows([document if json_wanted else row(document)], columns=COLUMNS, json_wanted=json_wanted)
    if job:
        require_complete(job)

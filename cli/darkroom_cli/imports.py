"""`darkroom import`: let Darkroom fetch images from URLs."""

from pathlib import Path

import click

from darkroom_cli.api import open_api
from darkroom_cli.downloads import make_folder
from darkroom_cli.failures import Failures
from darkroom_cli.new_jobs import ended, show_jobs
from darkroom_cli.output import as_json
from darkroom_cli.recipe_option import recipe_option


@click.command("import")
@click.argument("urls", nargs=-1, required=True)
@recipe_option
@click.option("--callback-url", default="", help="URL that gets a webhook when the job has ended.")
@click.option("--wait", is_flag=True, help="Wait until the jobs have ended.")
@click.option("--output", type=click.Path(file_okay=False, path_type=Path), help="Wait, and put the results here.")
@as_json
def import_urls(
    urls: tuple[str, ...], recipe: str, callback_url: str, *, wait: bool, output: Path | None, json_wanted: bool
) -> None:
    """Let Darkroom fetch images from URLs. Each becomes a job."""
    if output:
        make_folder(output)
    failures = Failures()
    with open_api() as api:
        sent = failures.each(urls, lambda url: api.import_url(url, recipe=recipe, callback_url=callback_url or None))
        jobs = ended(api, sent, failures, output=output) if wait or output else sent
    show_jobs(jobs, json_wanted=json_wanted)
    failures.report()

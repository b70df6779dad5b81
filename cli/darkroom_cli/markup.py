"""`darkroom markup`: the HTML with which a page shows a published image."""

import json

import click

from darkroom_cli.api import open_api
from darkroom_cli.output import as_json


@click.command()
@click.argument("job_id", metavar="JOB")
@click.option("--alt", default="", help="Text for people who do not see the image.")
@click.option("--sizes", default="100vw", show_default=True, help="Width of the image on the page, as in HTML.")
@click.option("--variant", "variants", multiple=True, help="Variant to use; may be repeated. All by default.")
@as_json
def markup(job_id: str, alt: str, sizes: str, variants: tuple[str, ...], *, json_wanted: bool) -> None:
    """Print a <picture> with the results of a published job."""
    with open_api() as api:
        found = api.markup(job_id, alt=alt, sizes=sizes, variants=variants or None)
    if json_wanted:
        click.echo(json.dumps(found.as_document()))
        return
    click.echo(found.html, nl=False)
    for each in found.left_out:
        click.echo(f"{each.variant} is left out: {each.reason}", err=True)

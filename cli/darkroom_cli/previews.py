"""`darkroom preview`: the image that a variant would be, made of the original of a job."""

import json
import sys
from pathlib import Path
from typing import Any

import click

from darkroom_cli.api import open_api
from darkroom_cli.downloads import writing
from darkroom_cli.failures import Failed, Status
from darkroom_cli.recipe_option import STANDARD_INPUT, read_text


@click.command()
@click.argument("job_id", metavar="JOB")
@click.option(
    "--variant", "path", required=True, metavar="FILE", help="File with the variant as JSON, or - for standard input."
)
@click.option(
    "--output",
    "-o",
    required=True,
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path, allow_dash=True),
    help="File for the image, or - for standard output.",
)
def preview(job_id: str, path: str, output: Path) -> None:
    """Make the image of a variant, from the original of a job. It is stored nowhere else."""
    variant = _read_variant(path)
    with open_api() as api:
        image = api.preview(job_id, variant)
    if str(output) == STANDARD_INPUT:
        sys.stdout.buffer.write(image)
        return
    with writing(output):
        output.write_bytes(image)
    click.echo(output)


def _read_variant(path: str) -> dict[str, Any]:
    """Return the variant in a file. Raises Failed if it is not a JSON object."""
    try:
        variant = json.loads(read_text(path))
    except ValueError as error:
        raise Failed(f"The variant is not JSON: {error}", Status.MISUSED) from error
    if not isinstance(variant, dict):
        raise Failed("The variant must be a JSON object, as in the `variants` of a recipe.", Status.MISUSED)
    return variant

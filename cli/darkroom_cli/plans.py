"""`darkroom plan`: what a recipe would make of an image, before it is sent."""

import json
from typing import Any

import click

from darkroom_cli.api import open_api
from darkroom_cli.failures import Failed, Status
from darkroom_cli.output import as_json, show_rows
from darkroom_cli.recipe_option import recipe_option
from darkroom_client import Image

_COLUMNS = ("name", "format", "width", "height", "frames", "cpu_ms", "remark")


@click.command()
@recipe_option
@click.option("--size", metavar="WIDTHxHEIGHT", help="Size of the image, in pixels.")
@click.option("--format", "image_format", default="jpeg", show_default=True, help="Format of the image.")
@click.option("--frames", default=1, show_default=True, type=click.IntRange(min=1), help="Frames of the image.")
@click.option("--bytes", "size_in_bytes", type=click.IntRange(min=1), help="Size of the image's file, in bytes.")
@click.option("--job", "job_id", metavar="JOB", help="Plan for the image of this job instead.")
@as_json
def plan(
    recipe: str,
    size: str | None,
    image_format: str,
    frames: int,
    size_in_bytes: int | None,
    job_id: str | None,
    *,
    json_wanted: bool,
) -> None:
    """Show what a recipe would make of an image, without the image."""
    if (size is None) == (job_id is None):
        raise Failed("Give either --size or --job.", Status.MISUSED)
    image = Image(**_sides(size), format=image_format, frames=frames, bytes=size_in_bytes) if size else None
    with open_api() as api:
        found = api.plan(recipe=recipe, image=image, job=job_id).as_document()
    if json_wanted:
        click.echo(json.dumps(found))
        return
    show_rows(map(_row, found["variants"]), columns=_COLUMNS, json_wanted=False)
    memory = f"{found['peak_bytes'] / 1e6:.0f} MB of memory"
    click.echo(f"\n{len(found['tasks'])} task(s), about {found['cpu_ms']} ms of CPU and {memory}")
    for warning in found["warnings"]:
        click.echo(f"{warning['variant'] or 'all'}: {warning['message']} ({warning['code']})")


def _sides(size: str) -> dict[str, int]:
    """Return width and height, by name. Raises Failed."""
    width, _, height = size.partition("x")
    if not (width.isdecimal() and height.isdecimal()):
        raise Failed(f"{json.dumps(size)} is not a size. Write it as 4000x3000.", Status.MISUSED)
    return {"width": int(width), "height": int(height)}


def _row(variant: dict[str, Any]) -> dict[str, Any]:
    if variant["format"] is None:
        return {**variant, "remark": "fails"}
    remarks = [] if variant["size_exact"] else ["at most this large"]
    remarks += [f"or {other}" for other in variant["other_formats"]]
    remarks += ["on request"] if variant["when"] == "requested" else []
    return {**variant, "remark": remarks}

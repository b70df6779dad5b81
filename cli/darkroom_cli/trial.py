"""`darkroom try`: run a recipe on photos of this machine, in the processor's sandbox, without AWS and services."""

import asyncio
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain, count
from pathlib import Path, PurePosixPath
from typing import Any, Final

import click

from darkroom.errors import InvalidRecipe
from darkroom.file_names import FALLBACK, key_name
from darkroom.recipes import Recipe, load_presets, resolve_recipe
from darkroom_cli.downloads import make_folder, writing
from darkroom_cli.failures import Failed, Failures, Status, told
from darkroom_cli.output import as_json, show_rows
from darkroom_cli.recipe_option import STANDARD_INPUT, read_text
from darkroom_processor.trial import EncodedVariant, Engine, Outcome, SandboxFailed, Trial, open_engine

_COLUMNS: Final = ("photo", "variant", "format", "width", "height", "bytes", "cpu_ms", "file", "remark")


@click.command("try")
@click.argument("recipe", metavar="RECIPE")
@click.argument(
    "photos",
    nargs=-1,
    required=True,
    metavar="PHOTO...",
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)
@click.option(
    "--output", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder that gets the results."
)
@as_json
def try_recipe(recipe: str, photos: tuple[Path, ...], output: Path, *, json_wanted: bool) -> None:
    """Run RECIPE on photos of this machine, without Darkroom's services.

    RECIPE is a preset's name, a JSON file, or `-` for JSON from standard input. A result is put into
    FOLDER/NAME.EXTENSION below the output folder: FOLDER is that of the variant, NAME that of the photo.
    """
    chosen = _read(recipe)
    make_folder(output)
    tried = asyncio.run(_try_all(chosen, photos, output))
    if json_wanted:
        for one in tried:
            click.echo(json.dumps(one.document))
    else:
        show_rows((row for one in tried for row in one.rows), columns=_COLUMNS, json_wanted=False)
        for one in tried:
            click.echo(f"{one.photo}: {one.trial.cpu_ms} ms of CPU, {one.trial.peak_bytes / 1e6:.0f} MB of memory")
    failures = Failures()
    failures.each(tried, _Tried.require_complete)
    failures.report()


@dataclass(frozen=True, kw_only=True)
class _Tried:
    """A photo, what became of it, and where its results are."""

    photo: Path
    trial: Trial
    files: dict[str, Path]
    """The files that were written, by variant."""

    def __str__(self) -> str:
        return str(self.photo)

    @property
    def rows(self) -> Iterator[dict[str, Any]]:
        """A line of the table for each variant."""
        for variant in self.document["variants"]:
            error = variant["error"]
            remark = f"{error['message']} ({error['code']})" if error else variant["warnings"]
            yield {**variant, "photo": self.photo.name, "variant": variant["name"], "remark": remark}

    @property
    def document(self) -> dict[str, Any]:
        """The trial as `--json` prints it."""
        source = self.trial.description
        fault = self.trial.fault
        return {
            "photo": str(self.photo),
            "source": source.model_dump(mode="json") if source else None,
            "variants": [self._variant(outcome) for outcome in self.trial.outcomes],
            "cpu_ms": self.trial.cpu_ms,
            "peak_bytes": self.trial.peak_bytes,
            "error": {"code": fault.code, "message": fault.message} if fault else None,
        }

    def _variant(self, outcome: Outcome) -> dict[str, Any]:
        if not isinstance(outcome, EncodedVariant):
            error = {"code": outcome.code, "message": outcome.message}
            return {"name": outcome.name, "file": None, "warnings": [], "error": error}
        return {
            "name": outcome.name,
            "file": str(self.files[outcome.name]),
            "format": outcome.format.value,
            "width": outcome.width,
            "height": outcome.height,
            "bytes": len(outcome.data),
            "cpu_ms": outcome.cpu_ms,
            "warnings": [warning.value for warning in outcome.warnings],
            "error": None,
        }

    def require_complete(self) -> None:
        """Raise Failed unless every variant was made."""
        fault = self.trial.fault
        failed = [outcome.message for outcome in self.trial.outcomes if not isinstance(outcome, EncodedVariant)]
        reasons = dict.fromkeys([fault.message, *failed] if fault else failed)
        if reasons:
            raise Failed(" ".join(["Not all results were made.", *reasons]), Status.INCOMPLETE)


def _read(recipe: str) -> Recipe:
    """Return the recipe that an argument names. Raises Failed."""
    presets = load_presets()
    is_file = recipe == STANDARD_INPUT or (
        recipe not in presets and (recipe.endswith(".json") or Path(recipe).is_file())
    )
    try:
        return resolve_recipe(read_text(recipe) if is_file else recipe, presets)[1]
    except InvalidRecipe as error:
        faults = [(fault["pointer"], fault["message"]) for fault in error.fields.get("errors", ())]
        raise Failed("\n".join(told(f"{error.message} ({error.code})", faults))) from error


async def _try_all(recipe: Recipe, photos: tuple[Path, ...], output: Path) -> list[_Tried]:
    try:
        async with open_engine() as engine:
            return [
                await _try_one(engine, recipe, photo, stem, output)
                for photo, stem in zip(photos, _stems(photos), strict=True)
            ]
    except SandboxFailed as error:
        raise Failed(f"The sandbox does not start on this machine: {error}") from error


async def _try_one(engine: Engine, recipe: Recipe, photo: Path, stem: str, output: Path) -> _Tried:
    trial = await engine.run(_bytes_of(photo), recipe)
    folders = {variant.name: output / variant.result_folder for variant in recipe.variants}
    files = {made.name: folders[made.name] / f"{stem}.{made.format.extension}" for made in trial.made}
    for made in trial.made:
        _write(files[made.name], made.data)
    return _Tried(photo=photo, trial=trial, files=files)


def _bytes_of(photo: Path) -> bytes:
    try:
        return photo.read_bytes()
    except OSError as error:
        raise Failed(f"{photo} cannot be read: {error.strerror}") from error


def _write(path: Path, data: bytes) -> None:
    with writing(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)


def _stems(photos: tuple[Path, ...]) -> Iterator[str]:
    """Yield a different name for each photo: its file name as in object keys, without extension, numbered if taken."""
    taken: set[str] = set()
    for photo in photos:
        stem = PurePosixPath(key_name(photo.name)).stem or FALLBACK
        name = next(name for name in chain([stem], (f"{stem}-{n}" for n in count(2))) if name not in taken)
        taken.add(name)
        yield name

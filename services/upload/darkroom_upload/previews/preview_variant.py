"""Reads the variant of a preview, as a recipe with nothing else in it."""

import json
from typing import Any, Final

from darkroom.errors import InvalidRecipe
from darkroom.recipes import Variant, parse_recipe
from darkroom.recipes.recipe import require_storable
from darkroom.tables.job_table import JobTable
from darkroom_upload.callers.caller import Caller
from darkroom_upload.intake.choose_recipe import ChosenRecipe
from darkroom_upload.intake.watermark_images import require_watermark_images

_NAME: Final = "preview"
"""The name of a variant that comes without one: a preview needs none."""
_IN_RECIPE: Final = "/variants/0"
_IN_REQUEST: Final = "/variant"


async def read_variant(document: dict[str, Any], jobs: JobTable, caller: Caller) -> Variant:
    """Return the variant of a request, whose watermarks may use images of the caller's own jobs.

    Raises InvalidRecipe and RecipeTooLarge with JSON pointers into the request, Forbidden and Unavailable.
    """
    text = json.dumps({"variants": [{"name": _NAME, **document}]})
    try:
        recipe = require_storable(parse_recipe(text))
        await require_watermark_images(jobs, ChosenRecipe.custom(recipe), caller)
    except InvalidRecipe as error:
        raise _of_request(error) from error
    return recipe.variants[0]


def _of_request(error: InvalidRecipe) -> InvalidRecipe:
    """Return the error with pointers into the request instead of the recipe."""
    fields = dict(error.fields)
    if faults := fields.get("errors"):
        fields["errors"] = [
            {**fault, "pointer": fault["pointer"].replace(_IN_RECIPE, _IN_REQUEST, 1)} for fault in faults
        ]
    return type(error)(error.message.replace("The recipe", "The variant", 1), **fields)

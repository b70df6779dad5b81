"""A job's recipe as an item. It is written in the transaction that creates the job, and never changes."""

from typing import Final

from darkroom.recipes import Recipe
from darkroom.tables.dynamodb import Item, serialized

_RECIPE: Final = "#recipe"


def recipe_key(job_id: str) -> Item:
    """Return the primary key of a job's recipe."""
    return {"job_id": {"S": job_id + _RECIPE}}


def recipe_item(job_id: str, recipe: Recipe) -> Item:
    """Return a job's recipe as an item."""
    return recipe_key(job_id) | serialized({"recipe": recipe.stored})


def recipe_of(item: Item) -> Recipe:
    """Return the recipe that `recipe_item` wrote."""
    return Recipe.model_validate_json(item["recipe"]["S"])

"""The presets, and the schema of recipes."""

from typing import Annotated, Any

from fastapi import APIRouter, Path

from darkroom.accounts.api_keys import Scope
from darkroom.errors import NotFound
from darkroom.recipes import Presets, Recipe
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.parameters import ONLY_DECLARED


def router(presets: Presets, access: Access) -> APIRouter:
    """Return the routes."""
    routes = APIRouter(prefix="/recipes", tags=["recipes"], dependencies=[access.caller(Scope.READ), ONLY_DECLARED])
    # Without the defaults, which the schema contains.
    documents = {name: recipe.model_dump(mode="json", exclude_unset=True) for name, recipe in presets.items()}
    schema = Recipe.model_json_schema()

    @routes.get(
        "",
        summary="Get all presets by name",
        responses=refusals(),
    )
    async def list_recipes() -> dict[str, dict[str, Any]]:
        return documents

    @routes.get(
        "/schema",
        summary="Get the JSON Schema of recipes",
        responses=refusals(),
    )
    async def recipe_schema() -> dict[str, Any]:
        return schema

    @routes.get(
        "/{name}",
        summary="Get a preset",
        responses=refusals(NotFound),
    )
    async def read_recipe(name: Annotated[str, Path(description="The preset's name.")]) -> dict[str, Any]:
        if name not in documents:
            raise NotFound("There is no such preset.")
        return documents[name]

    return routes

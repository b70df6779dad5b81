"""Recipes: the presets, and the schema of one's own."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from darkroom.accounts.api_keys import Scope
from darkroom.errors import NotFound
from darkroom.recipes import Presets, Recipe
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.parameters import takes
from darkroom_upload.callers.authentication import Authenticate, allowed


def router(presets: Presets, authenticate: Authenticate) -> APIRouter:
    """The routes."""
    reading = Depends(allowed(authenticate, Scope.READ))
    routes = APIRouter(prefix="/recipes", tags=["recipes"], dependencies=[reading, Depends(takes())])
    # As they were written: what is not said is the default, and the schema tells it.
    documents = {name: recipe.model_dump(mode="json", exclude_unset=True) for name, recipe in presets.items()}
    schema = Recipe.model_json_schema()

    @routes.get(
        "",
        summary="All presets, by name",
        responses=refusals(),
    )
    async def list_recipes() -> dict[str, dict[str, Any]]:
        return documents

    @routes.get(
        "/schema",
        summary="The JSON Schema of a recipe",
        responses=refusals(),
    )
    async def recipe_schema() -> dict[str, Any]:
        return schema

    @routes.get(
        "/{name}",
        summary="A preset",
        responses=refusals(NotFound),
    )
    async def read_recipe(name: Annotated[str, Path(description="The preset's name.")]) -> dict[str, Any]:
        if name not in documents:
            raise NotFound("There is no such preset.")
        return documents[name]

    return routes

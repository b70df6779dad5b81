"""Recipes: the presets, and the schema of one's own."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path

from darkroom.errors import MalformedRequest, NotFound, Unauthenticated, Unavailable
from darkroom.recipes import Presets, Recipe
from darkroom_upload.api.documentation import problems
from darkroom_upload.api.parameters import takes
from darkroom_upload.auth import Authenticate


def router(presets: Presets, authenticate: Authenticate) -> APIRouter:
    """The routes."""
    routes = APIRouter(prefix="/recipes", tags=["recipes"], dependencies=[Depends(authenticate), Depends(takes())])
    # As they were written: what is not said is the default, and the schema tells it.
    documents = {name: recipe.model_dump(mode="json", exclude_unset=True) for name, recipe in presets.items()}
    schema = Recipe.model_json_schema()

    @routes.get(
        "",
        summary="All presets, by name",
        responses=problems(MalformedRequest, Unauthenticated, Unavailable),
    )
    async def list_recipes() -> dict[str, dict[str, Any]]:
        return documents

    @routes.get(
        "/schema",
        summary="The JSON Schema of a recipe",
        responses=problems(MalformedRequest, Unauthenticated, Unavailable),
    )
    async def recipe_schema() -> dict[str, Any]:
        return schema

    @routes.get(
        "/{name}",
        summary="A preset",
        responses=problems(MalformedRequest, Unauthenticated, NotFound, Unavailable),
    )
    async def read_recipe(name: Annotated[str, Path(description="The preset's name.")]) -> dict[str, Any]:
        if name not in documents:
            raise NotFound("There is no such preset.")
        return documents[name]

    return routes

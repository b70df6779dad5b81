"""`POST /recipes/plan`: what a recipe would make of an image, without the image."""

from http import HTTPStatus
from typing import Annotated, Final, Self

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Conflict, InvalidRecipe, NotFound, RecipeTooLarge, UnsupportedMediaType, UploadTooLarge
from darkroom.formats import ImageFormat
from darkroom.planner.image_spec import Alpha
from darkroom.planner.source import Source
from darkroom.recipes import Presets
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.json_body import documented, read_json
from darkroom_upload.api.parameters import stored_id, takes
from darkroom_upload.callers.authentication import Authenticate, allowed
from darkroom_upload.callers.caller import Caller
from darkroom_upload.intake.fields import RecipeField, choose_recipe, recipe_text
from darkroom_upload.planning.plan_body import PlanBody
from darkroom_upload.planning.plan_recipe import PlanRecipe

_LONGEST_BODY_BYTES: Final = 256 * 1024
_MOST: Final = 1_000_000
"""Of pixels a side and of frames: far more than is ever accepted, and few enough to count with."""
_MOST_BYTES: Final = 1 << 40
"""Of a file, likewise."""

Count = Annotated[int, Field(ge=1, le=_MOST)]


class ImageFacts(BaseModel):
    """An image, as far as a plan needs to know it."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    width: Count
    """Pixels, as seen: after the EXIF orientation."""
    height: Count
    format: ImageFormat
    has_alpha: bool | None = None
    """Whether the file has transparency; if it is not known, whether its format can have it."""
    frames: Count = 1
    """Of an animation, or pages."""
    bytes: Annotated[int, Field(ge=1, le=_MOST_BYTES)] | None = None
    """Of the file."""

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.has_alpha and not self.format.can_have_alpha:
            raise ValueError(f"{self.format} has no transparency")
        if self.frames > 1 and not self.format.can_have_frames:
            raise ValueError(f"{self.format} has one frame")
        return self

    def source(self) -> Source:
        """The same for the planner."""
        has_alpha = self.format.can_have_alpha if self.has_alpha is None else self.has_alpha
        return Source(
            format=self.format,
            size=(self.width, self.height),
            alpha=Alpha.PERHAPS if has_alpha else Alpha.NONE,
            frames=self.frames,
            bytes=self.bytes or 0,
        )


class PlanRequest(BaseModel):
    """What to plan: a recipe, and an image that is described here or was uploaded before."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    recipe: RecipeField = ""
    """A preset's name, or a recipe; `web` when not given."""
    image: ImageFacts | None = None
    job_id: Annotated[str, StringConstraints(max_length=64)] | None = None
    """Instead of `image`: a job of yours, whose image has been described."""

    @model_validator(mode="after")
    def _has_one_image(self) -> Self:
        if (self.image is None) == (self.job_id is None):
            raise ValueError("give either image or job_id")
        return self


def router(plan: PlanRecipe, presets: Presets, authenticate: Authenticate) -> APIRouter:
    """The route."""
    reading = Depends(allowed(authenticate, Scope.READ))
    Reader = Annotated[Caller, reading]  # noqa: N806 - a type
    routes = APIRouter(tags=["recipes"], dependencies=[reading, Depends(takes())])

    @routes.post(
        "/recipes/plan",
        summary="What a recipe would make of an image",
        description="Sizes and formats are those that would be made, unless they are marked as bounds. Nothing is "
        "uploaded, and nothing counted but the request.",
        openapi_extra=documented(PlanRequest),
        responses={
            HTTPStatus.OK: {"description": "The plan"},
            **refusals(NotFound, Conflict, UploadTooLarge, UnsupportedMediaType, InvalidRecipe, RecipeTooLarge),
        },
    )
    async def plan_recipe(request: Request, reader: Reader) -> PlanBody:
        asked = await read_json(request, PlanRequest, max_bytes=_LONGEST_BODY_BYTES)
        chosen = choose_recipe(recipe_text(asked.recipe), presets)
        if asked.image:
            source = asked.image.source()
        else:
            source = await plan.source_of(stored_id(asked.job_id or ""), reader.owner)
        return PlanBody.of(chosen, source, await plan(chosen, source, owner=reader.owner))

    return routes

"""`POST /recipes/plan`: what a recipe would make of an image, without the image itself."""

from http import HTTPStatus
from typing import Annotated, Final, Self

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from darkroom.accounts.api_keys import Scope
from darkroom.errors import Conflict, InvalidRecipe, NotFound, RecipeTooLarge, UnsupportedMediaType, UploadTooLarge
from darkroom.formats import ImageFormat
from darkroom.planner.image_spec import Alpha
from darkroom.planner.source import Source
from darkroom_upload.api.access import Access
from darkroom_upload.api.documentation import refusals
from darkroom_upload.api.json_body import documented, read_json
from darkroom_upload.api.parameters import ONLY_DECLARED, stored_id
from darkroom_upload.callers.caller import Caller
from darkroom_upload.intake.choose_recipe import ChooseRecipe
from darkroom_upload.intake.fields import RecipeField, recipe_text
from darkroom_upload.jobs.job_reader import JobReader
from darkroom_upload.planning.plan_body import PlanBody
from darkroom_upload.planning.plan_recipe import PlanRecipe, described_source

_LONGEST_BODY_BYTES: Final = 256 * 1024
_MOST: Final = 1_000_000
"""Most pixels a side, and most frames. Far more than is ever accepted, and small enough to compute with."""
_MOST_BYTES: Final = 1 << 40
"""Most bytes of a file, for the same reason."""

Count = Annotated[int, Field(ge=1, le=_MOST)]


class ImageFacts(BaseModel):
    """What a plan needs to know about an image."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    width: Count
    """Pixels after the EXIF orientation is applied."""
    height: Count
    format: ImageFormat
    has_alpha: bool | None = None
    """Whether the file has transparency. The default is whether its format can have it."""
    frames: Count = 1
    """Frames of an animation, or pages."""
    bytes: Annotated[int, Field(ge=1, le=_MOST_BYTES)] | None = None
    """Bytes of the file."""

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.has_alpha and not self.format.can_have_alpha:
            raise ValueError(f"{self.format} has no transparency")
        if self.frames > 1 and not self.format.can_have_frames:
            raise ValueError(f"{self.format} has one frame")
        return self

    def source(self) -> Source:
        """Return the image as the planner describes it."""
        has_alpha = self.format.can_have_alpha if self.has_alpha is None else self.has_alpha
        return Source(
            format=self.format,
            size=(self.width, self.height),
            alpha=Alpha.PERHAPS if has_alpha else Alpha.NONE,
            frames=self.frames,
            bytes=self.bytes or 0,
        )


class PlanRequest(BaseModel):
    """A recipe, and an image that is described here or was uploaded before."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, use_attribute_docstrings=True)

    recipe: RecipeField = ""
    """A preset's name, or a recipe. The default is `web`."""
    image: ImageFacts | None = None
    job_id: Annotated[str, StringConstraints(max_length=64)] | None = None
    """A job of yours whose image has been described. Send this instead of `image`."""

    @model_validator(mode="after")
    def _has_one_image(self) -> Self:
        if (self.image is None) == (self.job_id is None):
            raise ValueError("give either image or job_id")
        return self


def router(plan: PlanRecipe, jobs: JobReader, choose_recipe: ChooseRecipe, access: Access) -> APIRouter:
    """Return the route."""
    reading = access.caller(Scope.READ)
    routes = APIRouter(tags=["recipes"], dependencies=[reading, ONLY_DECLARED])

    @routes.post(
        "/recipes/plan",
        summary="Plan a recipe for an image",
        description="The sizes and formats that the recipe would make, exact unless they are marked as bounds. "
        "Nothing is uploaded, and only the request counts.",
        openapi_extra=documented(PlanRequest),
        responses={
            HTTPStatus.OK: {"description": "The plan"},
            **refusals(NotFound, Conflict, UploadTooLarge, UnsupportedMediaType, InvalidRecipe, RecipeTooLarge),
        },
    )
    async def plan_recipe(request: Request, reader: Annotated[Caller, reading]) -> PlanBody:
        asked = await read_json(request, PlanRequest, max_bytes=_LONGEST_BODY_BYTES)
        chosen = await choose_recipe(recipe_text(asked.recipe), reader.owner)
        if asked.image:
            source = asked.image.source()
        else:
            source = described_source(*await jobs.owned_with_details(stored_id(asked.job_id or ""), reader.owner))
        return PlanBody.of(chosen, source, await plan(chosen, source, owner=reader.owner))

    return routes

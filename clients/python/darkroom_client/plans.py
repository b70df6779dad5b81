"""Plans: what a recipe would make of an image."""

from typing import Any

from pydantic import BaseModel, ConfigDict

from darkroom_client.response_model import ResponseModel


class Image(BaseModel):
    """An image to plan for. Format, width and height are needed; the rest makes the plan more exact."""

    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)

    width: int
    """Pixels, as seen: after the EXIF orientation."""
    height: int
    format: str
    has_alpha: bool | None = None
    frames: int = 1
    bytes: int | None = None


class PlannedImage(ResponseModel):
    """The image, as the plan takes it to be."""

    width: int
    height: int
    format: str
    has_alpha: bool
    frames: int
    bytes: int | None


class PlannedVariant(ResponseModel):
    """A result that would be made. `format` to `frames` are None if the variant is certain to fail."""

    name: str
    folder: str
    operations: tuple[dict[str, Any], ...]
    output: dict[str, Any]
    format: str | None
    other_formats: tuple[str, ...] | None
    content_type: str | None
    width: int | None
    height: int | None
    size_exact: bool | None
    """False if the pixels decide: width and height are then the largest possible."""
    frames: int | None
    max_bytes: int | None
    cpu_ms: int
    when: str
    """`requested` if no task makes it before somebody asks for it."""


class PlannedTask(ResponseModel):
    """The work of one task."""

    variants: tuple[str, ...]
    describes: bool
    decoded_width: int
    decoded_height: int
    cpu_ms: int
    peak_bytes: int


class PlanWarning(ResponseModel):
    """Something to know before the upload."""

    code: str
    message: str
    fatal: bool
    """Whether the variant, or the whole job if `variant` is None, is certain to fail."""
    variant: str | None


class Plan(ResponseModel):
    """The plan of an upload: its variants and tasks. CPU time and memory are estimates."""

    recipe: str
    image: PlannedImage
    variants: tuple[PlannedVariant, ...]
    tasks: tuple[PlannedTask, ...]
    cpu_ms: int
    peak_bytes: int
    warnings: tuple[PlanWarning, ...]

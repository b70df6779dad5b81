"""Short ways to run the pipeline in tests."""

from typing import Any

from PIL import Image

from darkroom.recipes import Variant
from darkroom.source_description import SourceDescription
from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, process
from tools.testbed.images import opened

PNG = {"format": "png"}


def variant(operations: list[dict[str, Any]], output: dict[str, Any] | None = None, name: str = "it") -> Variant:
    """Return a variant from the JSON of a recipe."""
    return Variant.model_validate({"name": name, "operations": operations, "output": output or PNG})


def outcome(
    data: bytes, operations: list[dict[str, Any]], output: dict[str, Any] | None = None
) -> EncodedVariant | FailedVariant:
    """Return the outcome of one variant."""
    return process(data, Instructions(variants=(variant(operations, output),), describe=False)).outcomes[0]


def picture(data: bytes, operations: list[dict[str, Any]], output: dict[str, Any] | None = None) -> EncodedVariant:
    """Return one variant, which must succeed."""
    made = outcome(data, operations, output)
    assert isinstance(made, EncodedVariant), made
    return made


def image(data: bytes, operations: list[dict[str, Any]], output: dict[str, Any] | None = None) -> Image.Image:
    """Return the decoded pixels of one variant, which must succeed. It is a PNG by default. Palettes are resolved."""
    made = picture(data, operations, output)
    shown = opened(made.data)
    assert shown.size == (made.width, made.height)
    if shown.mode == "P":
        return shown.convert("RGBA" if shown.has_transparency_data else "RGB")
    return shown


def failure(data: bytes, operations: list[dict[str, Any]], output: dict[str, Any] | None = None) -> FailedVariant:
    """Return one variant, which must fail."""
    failed = outcome(data, operations, output)
    assert isinstance(failed, FailedVariant), failed
    return failed


def description(data: bytes) -> SourceDescription:
    """Return the description of a source."""
    described = process(data, Instructions(variants=(), describe=True)).description
    assert described is not None
    return described

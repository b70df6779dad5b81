"""The colour space of a source's own profile, for the variants that keep the profile: their pixels stay in it.

All others are made in sRGB. What a recipe brings along is sRGB too, its colours and the images of its watermarks; it is
brought into the space before it meets the picture.
"""

import io
from typing import Final, Self

from PIL import Image, ImageCms

from darkroom.formats import ImageFormat
from darkroom.planner.output_format import choose_format
from darkroom.recipes import AnyOperation, Grayscale, KeepMetadata, Variant
from darkroom_processor.pipeline.color.icc import BROKEN_PROFILE, apply_transform, build_transform, srgb_profile
from darkroom_processor.pipeline.pixels.raster import Raster

_COLOR_FIELDS: Final = frozenset({"background", "color"})
_NAMED: Final = "transparent"


def keeps_embedded_space(variant: Variant, source: ImageFormat) -> bool:
    """Whether a variant asks for the source's profile, has colours for it, and a format that can hold one."""
    if variant.output.keep_metadata not in {KeepMetadata.ICC, KeepMetadata.ALL}:
        return False
    if any(isinstance(operation, Grayscale) for operation in variant.operations):
        return False
    return choose_format(variant.output, source, has_alpha=False, animated=False) is not ImageFormat.GIF


class EmbeddedSpace:
    """An RGB space other than sRGB, with its profile."""

    def __init__(self, profile: bytes, from_srgb: ImageCms.ImageCmsTransform) -> None:
        self.profile = profile
        self._transform = from_srgb

    @classmethod
    def of(cls, profile: bytes) -> Self | None:
        """None for a profile that is broken, of other colours than RGB, or good for one direction only."""
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if own.profile.xcolor_space.strip() != "RGB":
                return None
            return cls(profile, build_transform(srgb_profile(), own, "RGB"))
        except BROKEN_PROFILE:
            return None

    def adapted(self, variant: Variant) -> Variant:
        """The variant with the colours that it names in this space."""
        return variant.model_copy(update={"operations": tuple(map(self._adapted, variant.operations))})

    def from_srgb(self, raster: Raster) -> Raster:
        """An sRGB picture in this space."""
        image = raster.color
        converted = apply_transform(self._transform, image.convert("RGB"))
        if raster.has_alpha:
            converted.putalpha(image.getchannel("A"))
        return Raster(converted)

    def _adapted(self, operation: AnyOperation) -> AnyOperation:
        named = {field: getattr(operation, field) for field in _COLOR_FIELDS & type(operation).model_fields.keys()}
        colors = {field: self._color(text) for field, text in named.items() if text != _NAMED}
        return operation.model_copy(update=colors) if colors else operation

    def _color(self, text: str) -> str:
        digits = text.removeprefix("#")
        full = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
        pixel = Image.frombytes("RGB", (1, 1), bytes.fromhex(full[:6]))
        return f"#{apply_transform(self._transform, pixel).tobytes().hex()}{full[6:]}"

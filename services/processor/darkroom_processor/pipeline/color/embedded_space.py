"""The colour space of the profile embedded in a source. The pixels of variants that keep the profile stay in it.

All other variants are made in sRGB. The colours and overlays of a recipe are in sRGB too: they are converted to the
embedded space before they are used there.
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
_TRANSPARENT: Final = "transparent"


def keeps_embedded_space(variant: Variant, source: ImageFormat) -> bool:
    """Return whether a variant keeps the source's profile: it asks for it, is not grey, and its format has profiles."""
    if variant.output.keep_metadata not in {KeepMetadata.ICC, KeepMetadata.ALL}:
        return False
    if any(isinstance(operation, Grayscale) for operation in variant.operations):
        return False
    return choose_format(variant.output, source, has_alpha=False, animated=False) is not ImageFormat.GIF


class EmbeddedSpace:
    """The RGB colour space of an embedded profile."""

    def __init__(self, profile: bytes, from_srgb: ImageCms.ImageCmsTransform) -> None:
        self.profile = profile
        self._transform = from_srgb

    @classmethod
    def of(cls, profile: bytes) -> Self | None:
        """Return the space of a profile; None if the profile is broken, not RGB, or cannot be converted to."""
        try:
            own = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            if own.profile.xcolor_space.strip() != "RGB":
                return None
            return cls(profile, build_transform(srgb_profile(), own, "RGB"))
        except BROKEN_PROFILE:
            return None

    def adapted(self, variant: Variant) -> Variant:
        """Return the variant with its colours converted from sRGB to this space."""
        return variant.model_copy(update={"operations": tuple(map(self._operation_in_space, variant.operations))})

    def from_srgb(self, raster: Raster) -> Raster:
        """Return an sRGB raster in this space."""
        image = raster.color
        converted = apply_transform(self._transform, image.convert("RGB"))
        if raster.has_alpha:
            converted.putalpha(image.getchannel("A"))
        return Raster(converted)

    def _operation_in_space(self, operation: AnyOperation) -> AnyOperation:
        named = {field: getattr(operation, field) for field in _COLOR_FIELDS & type(operation).model_fields.keys()}
        colors = {field: self._color_in_space(text) for field, text in named.items() if text != _TRANSPARENT}
        return operation.model_copy(update=colors) if colors else operation

    def _color_in_space(self, text: str) -> str:
        """Convert `#rgb`, `#rrggbb` or `#rrggbbaa`."""
        digits = text.removeprefix("#")
        full = "".join(2 * digit for digit in digits) if len(digits) == 3 else digits
        pixel = Image.frombytes("RGB", (1, 1), bytes.fromhex(full[:6]))
        return f"#{apply_transform(self._transform, pixel).tobytes().hex()}{full[6:]}"

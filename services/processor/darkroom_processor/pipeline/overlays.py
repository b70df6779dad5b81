"""The images that watermarks are made of: each is decoded once, when the first variant asks for it."""

from collections.abc import Mapping

from darkroom.errors import ImageError, OverlayMissing
from darkroom.recipes import Overlay
from darkroom_processor.pipeline.decode import decode
from darkroom_processor.pipeline.faults import decoding
from darkroom_processor.pipeline.gate import admit
from darkroom_processor.pipeline.raster import Raster


class Overlays:
    """The files of one task, and what has been decoded of them."""

    def __init__(self, files: Mapping[Overlay, bytes]) -> None:
        self._files = files
        self._decoded: dict[Overlay, Raster | ImageError] = {}

    def raster(self, overlay: Overlay) -> Raster:
        """The image, upright and in sRGB. Raises OverlayMissing, or the ImageError that a source like it would."""
        if overlay not in self._decoded:
            self._decoded[overlay] = self._decode(overlay)
        decoded = self._decoded[overlay]
        if isinstance(decoded, ImageError):
            raise decoded
        return decoded

    def _decode(self, overlay: Overlay) -> Raster | ImageError:
        if overlay not in self._files:
            return OverlayMissing("The picture that the watermark is made of is not there any more.")
        try:
            with decoding():
                return decode(admit(self._files[overlay]), lambda _: 1.0).raster
        except ImageError as error:
            return type(error)(f"The picture that the watermark is made of: {error.message}", **error.fields)

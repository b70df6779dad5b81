"""The images that watermarks draw. Each is decoded once, when the first variant asks for it."""

from collections.abc import Mapping

from darkroom.errors import ImageError, OverlayMissing
from darkroom.recipes import Overlay
from darkroom_processor.pipeline.color.embedded_space import EmbeddedSpace
from darkroom_processor.pipeline.decoding.decode import decode
from darkroom_processor.pipeline.decoding.needs import Needs
from darkroom_processor.pipeline.error_translation import translate_decoder_errors
from darkroom_processor.pipeline.opening.open_image import open_image
from darkroom_processor.pipeline.pixels.raster import Raster


class OverlayImages:
    """The overlay files of one task, decoded into the colour space of the image that they are drawn on."""

    def __init__(self, files: Mapping[Overlay, bytes], space: EmbeddedSpace | None = None) -> None:
        self._files = files
        self._space = space
        self._decoded: dict[Overlay, Raster | ImageError] = {}

    def raster(self, overlay: Overlay) -> Raster:
        """Return the overlay, upright. Raises OverlayMissing, or the ImageError that it would raise as a source."""
        if overlay not in self._decoded:
            self._decoded[overlay] = self._decode(overlay)
        decoded = self._decoded[overlay]
        if isinstance(decoded, ImageError):
            raise decoded
        return decoded

    def _decode(self, overlay: Overlay) -> Raster | ImageError:
        if overlay not in self._files:
            return OverlayMissing("The image of the watermark no longer exists.")
        try:
            with translate_decoder_errors():
                raster = decode(open_image(self._files[overlay]), Needs(scale=lambda _: 1.0)).raster
            return self._space.from_srgb(raster) if self._space else raster
        except ImageError as error:
            return type(error)(f"The image of the watermark: {error.message}", **error.fields)

"""The stages of the pipeline, in the order in which they run.

bytes ──► open ──► decode ──► describe           once for each image
                     └──► render ──► finish      once for each variant
"""

import hashlib
import time
from functools import partial

from darkroom.errors import ImageError
from darkroom.jobs import VariantWarning
from darkroom.planner.decode_scale import needed_scale
from darkroom.planner.output_bytes import check_compressed
from darkroom.planner.size_limits import check_output
from darkroom_processor.pipeline.color.embedded_space import keeps_embedded_space
from darkroom_processor.pipeline.decoding.decode import DecodedImage, decode
from darkroom_processor.pipeline.description.describe import describe
from darkroom_processor.pipeline.encoding.kept_metadata import select_metadata
from darkroom_processor.pipeline.encoding.output_format import output_format_for
from darkroom_processor.pipeline.encoding.output_quality import output_with_quality
from darkroom_processor.pipeline.error_translation import translate_decoder_errors, translate_variant_errors
from darkroom_processor.pipeline.instructions import Instructions
from darkroom_processor.pipeline.libraries import configure_libraries
from darkroom_processor.pipeline.opening.open_image import OpenedImage, open_image
from darkroom_processor.pipeline.outcomes import EncodedVariant, FailedVariant, Outcome, ProcessedImage
from darkroom_processor.pipeline.rendering.animation import keeps_animation
from darkroom_processor.pipeline.rendering.render import render
from darkroom_processor.pipeline.rendering.rendition import Rendition
from darkroom_processor.pipeline.write import write


def process(data: bytes, instructions: Instructions) -> ProcessedImage:
    """Make all variants of one image and, if asked for, its description.

    Raises an ImageError when the image itself is refused or cannot be decoded. An error that concerns a single variant
    becomes the FailedVariant of that one.
    """
    variants = instructions.variants
    configure_libraries()
    with translate_decoder_errors():
        image = open_image(data)
        decoded = decode(
            image,
            partial(needed_scale, variants, describe=instructions.describe),
            keep_embedded_space=any(keeps_embedded_space(variant, image.format) for variant in variants),
            frames_follow=any(keeps_animation(variant, image) for variant in variants),
        )
        description = describe(image, decoded) if instructions.describe else None
    renditions = render(image, decoded, instructions)
    # `map` lets go of the pixels of each variant before those of the next are made.
    outcomes = {outcome.name: outcome for outcome in map(partial(_finish, image, decoded, _Laps()), renditions)}
    return ProcessedImage(description=description, outcomes=tuple(outcomes[variant.name] for variant in variants))


class _Laps:
    """Divides the CPU time of all threads among the variants. What several share counts for the first of them."""

    def __init__(self) -> None:
        self._began = time.process_time()

    def ms(self) -> int:
        """Return the milliseconds since the last call."""
        began, self._began = self._began, time.process_time()
        return round((self._began - began) * 1000)


def _finish(image: OpenedImage, decoded: DecodedImage, laps: _Laps, rendition: Rendition) -> Outcome:
    """Turn the pixels of one variant into a file."""
    variant, frames = rendition.variant, rendition.frames
    try:
        if isinstance(frames, ImageError):
            raise frames
        check_output(frames.size, len(frames.rasters))
        with translate_variant_errors():
            output = output_with_quality(variant, decoded)
            image_format = output_format_for(output, image, frames)
            check_compressed(output, image_format, frames.pixels)
            metadata = select_metadata(output.keep_metadata, decoded, rendition.profile)
            written = write(image, decoded, rendition, frames, output, image_format, metadata)
    except ImageError as error:
        laps.ms()  # The next variant does not pay for it.
        return FailedVariant.of(variant.name, error)
    is_larger = variant.only_rewrites and len(written) > image.received_bytes
    return EncodedVariant(
        name=variant.name,
        format=image_format,
        data=written,
        width=frames.size[0],
        height=frames.size[1],
        sha256=hashlib.sha256(written).hexdigest(),
        warnings=(VariantWarning.LARGER_THAN_SOURCE,) if is_larger else (),
        cpu_ms=laps.ms(),
    )

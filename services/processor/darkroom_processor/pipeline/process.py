"""The stages of the pipeline, in the order in which they run.

    bytes ──► open ──► decode ──► describe           once for each image
                         ├──► thumbnail              once for each image
                         └──► render ──► finish      once for each variant

Each stage takes and returns a frozen value of a type of its own, so mypy refuses another order. `render` yields one
variant at a time: the pixels of all of them might not fit into the memory of a child.
"""

import hashlib
from functools import partial

from darkroom.errors import ImageError
from darkroom.jobs import VariantWarning
from darkroom.planner.output_bytes import check_compressed
from darkroom.planner.size_limits import check_output
from darkroom_processor.pipeline.cpu_timer import CpuTimer
from darkroom_processor.pipeline.decoding.decode import DecodedImage, decode
from darkroom_processor.pipeline.decoding.needs import needs_of
from darkroom_processor.pipeline.description.describe import describe
from darkroom_processor.pipeline.encoding.kept_metadata import select_metadata
from darkroom_processor.pipeline.encoding.output_format import choose_output_format
from darkroom_processor.pipeline.encoding.output_quality import limit_quality
from darkroom_processor.pipeline.error_translation import translate_decoder_errors, translate_variant_errors
from darkroom_processor.pipeline.instructions import Instructions
from darkroom_processor.pipeline.libraries import configure_libraries
from darkroom_processor.pipeline.opening.open_image import OpenedImage, open_image
from darkroom_processor.pipeline.outcomes import EncodedVariant, FailedVariant, Outcome, ProcessedImage
from darkroom_processor.pipeline.rendering.render import render
from darkroom_processor.pipeline.rendering.rendition import Rendition
from darkroom_processor.pipeline.thumbnail import make_thumbnail
from darkroom_processor.pipeline.write import write


def process(data: bytes, instructions: Instructions) -> ProcessedImage:
    """Make all variants of one image and, if asked for, its description and its thumbnail.

    Raises an ImageError when the image itself is refused or cannot be decoded. An error that concerns a single variant
    becomes the FailedVariant of that one.
    """
    configure_libraries()
    with translate_decoder_errors():
        image = open_image(data)
        decoded = decode(image, needs_of(instructions, image))
        description = describe(image, decoded) if instructions.describe else None
        thumbnail = make_thumbnail(decoded) if instructions.thumbnail else None
    timer = CpuTimer()
    renditions = render(image, decoded, instructions)
    finish = partial(_finish, image, decoded, timer, instructions.most_pixels)
    # `map` frees the pixels of each variant before those of the next are made. A loop would keep them until then.
    outcomes = {outcome.name: outcome for outcome in map(finish, renditions)}
    in_order = tuple(outcomes[variant.name] for variant in instructions.variants)
    return ProcessedImage(description=description, thumbnail=thumbnail, outcomes=in_order)


def _finish(
    image: OpenedImage, decoded: DecodedImage, timer: CpuTimer, most_pixels: int, rendition: Rendition
) -> Outcome:
    """Turn the pixels of one variant into a file: settle its size, quality, format and metadata, then write it."""
    variant, frames = rendition.variant, rendition.frames
    try:
        if isinstance(frames, ImageError):
            raise frames
        check_output(frames.size, len(frames.rasters), most_pixels=most_pixels)
        with translate_variant_errors():
            output = limit_quality(variant, decoded)
            image_format = choose_output_format(output, image, frames)
            check_compressed(output, image_format, frames.pixels)
            metadata = select_metadata(output.keep_metadata, decoded, rendition.profile)
            written = write(image, decoded, rendition, frames, output, image_format, metadata)
    except ImageError as error:
        timer.lap()  # The next variant does not pay for this one.
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
        cpu_ms=timer.lap(),
    )

"""The messages between the service and a child, over a pair of sockets.

    service → child    header: Request       then the bytes of the source, then those of each overlay
    child → service    header: a Reply       then the bytes of each variant that was made, in the order of the header,
                                             and those of the thumbnail

A header is four bytes of length, most significant first, and as many bytes of JSON. Nothing is pickled, because the
service must be able to read safely what a child says that an attacker has taken over.
"""

from struct import Struct
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, TypeAdapter

from darkroom.errors import OutputLimit
from darkroom.formats import ImageFormat
from darkroom.jobs import VariantWarning
from darkroom.planner.decode_scale import THUMBNAIL_SIDE
from darkroom.recipes import Overlay, Variant
from darkroom.source_description import SourceDescription
from darkroom_processor.pipeline import (
    EncodedThumbnail,
    EncodedVariant,
    FailedVariant,
    Instructions,
    Outcome,
    ProcessedImage,
)

LENGTH: Final = Struct("!I")

MAX_HEADER_BYTES: Final = 64 * 1024
"""Most bytes of the header of a reply. Its content goes on into an SQS message of at most 256 KiB, escaped."""

MAX_RESULT_BYTES: Final = 256 * 1024**2
"""Most bytes of all variants in one reply together."""

MAX_THUMBNAIL_BYTES: Final = 512 * 1024
"""Most bytes of a thumbnail. The RGBA pixels of the largest take 400 KiB before they are compressed."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OverlayHeader(_Part):
    """An image that watermarks draw. Its bytes follow those of the source."""

    overlay: Overlay
    size: NonNegativeInt
    """Bytes."""


class Request(_Part):
    """Instructions for the source whose bytes follow."""

    variants: tuple[Variant, ...]
    describe: bool
    thumbnail: bool
    size: int
    """Bytes of the source."""
    overlays: tuple[OverlayHeader, ...]
    most_pixels: PositiveInt

    def instructions(self, overlays: list[bytes]) -> Instructions:
        """Return the instructions for the pipeline, with the bytes of the overlays."""
        files = {header.overlay: data for header, data in zip(self.overlays, overlays, strict=True)}
        return Instructions(
            variants=self.variants,
            describe=self.describe,
            thumbnail=self.thumbnail,
            overlays=files,
            most_pixels=self.most_pixels,
        )


class Usage(_Part):
    """CPU time and memory that the child has used."""

    cpu_ms: NonNegativeInt
    """CPU time for this image, of all threads."""
    peak_bytes: NonNegativeInt
    """The most memory that was resident at any time since the child began."""
    resident_bytes: NonNegativeInt
    """Memory that is resident after the image was processed."""


class EncodedVariantHeader(_Part):
    """A variant that was made. Its bytes follow."""

    type: Literal["encoded"] = "encoded"
    name: str
    format: ImageFormat
    width: PositiveInt
    height: PositiveInt
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    warnings: Annotated[tuple[VariantWarning, ...], Field(max_length=len(VariantWarning))] = ()
    cpu_ms: NonNegativeInt = 0
    size: NonNegativeInt
    """Bytes."""

    def encoded(self, data: bytes) -> EncodedVariant:
        """Return the variant with its bytes."""
        return EncodedVariant(data=data, **self.model_dump(exclude={"type", "size"}))


class FailedVariantHeader(_Part):
    """A variant that could not be made."""

    type: Literal["failed"] = "failed"
    name: str
    code: str
    message: str
    bug: str

    def failed(self) -> FailedVariant:
        """Return the failure as the pipeline stated it."""
        return FailedVariant(name=self.name, code=self.code, message=self.message, bug=self.bug)


class ThumbnailHeader(_Part):
    """A thumbnail. Its bytes follow those of the variants."""

    width: Annotated[int, Field(ge=1, le=THUMBNAIL_SIDE)]
    height: Annotated[int, Field(ge=1, le=THUMBNAIL_SIDE)]
    size: Annotated[int, Field(ge=1, le=MAX_THUMBNAIL_BYTES)]
    """Bytes."""


class Ready(_Part):
    """The child is confined and waits for requests."""

    type: Literal["ready"] = "ready"
    missing: tuple[str, ...]
    """Confinements that this system does not offer."""


class Done(_Part):
    """The source was processed."""

    type: Literal["done"] = "done"
    usage: Usage
    description: SourceDescription | None
    thumbnail: ThumbnailHeader | None
    outcomes: tuple[Annotated[EncodedVariantHeader | FailedVariantHeader, Field(discriminator="type")], ...]

    @property
    def sizes(self) -> list[int]:
        """Bytes of each file that follows: the variants, then the thumbnail."""
        variants = [outcome.size for outcome in self.outcomes if isinstance(outcome, EncodedVariantHeader)]
        return [*variants, self.thumbnail.size] if self.thumbnail else variants

    def processed(self, files: list[bytes]) -> ProcessedImage:
        """Return what the pipeline returned, with the bytes of the variants and of the thumbnail."""
        following = iter(files)
        outcomes = tuple(
            outcome.encoded(next(following)) if isinstance(outcome, EncodedVariantHeader) else outcome.failed()
            for outcome in self.outcomes
        )
        thumbnail = None
        if self.thumbnail:
            thumbnail = EncodedThumbnail(data=next(following), width=self.thumbnail.width, height=self.thumbnail.height)
        return ProcessedImage(description=self.description, thumbnail=thumbnail, outcomes=outcomes)


class Refused(_Part):
    """The source cannot be processed: an ImageError."""

    type: Literal["refused"] = "refused"
    usage: Usage
    code: str
    message: str


class Bug(_Part):
    """The pipeline raised an unexpected exception."""

    type: Literal["bug"] = "bug"
    usage: Usage
    detail: str
    """Traceback for operators. It contains nothing of the image."""


Reply = Ready | Done | Refused | Bug
REPLY: Final[TypeAdapter[Reply]] = TypeAdapter(Annotated[Reply, Field(discriminator="type")])


def header_bytes(message: BaseModel) -> bytes:
    """Return the header of a message: its length, and the message as JSON."""
    body = message.model_dump_json().encode()
    return LENGTH.pack(len(body)) + body


def request(data: bytes | bytearray, instructions: Instructions) -> tuple[Request, list[bytes | bytearray]]:
    """Return the request to process the source `data`, and the files that follow its header."""
    overlays = tuple(OverlayHeader(overlay=overlay, size=len(file)) for overlay, file in instructions.overlays.items())
    header = Request(
        variants=instructions.variants,
        describe=instructions.describe,
        thumbnail=instructions.thumbnail,
        size=len(data),
        overlays=overlays,
        most_pixels=instructions.most_pixels,
    )
    return header, [data, *instructions.overlays.values()]


def done(processed: ProcessedImage, usage: Usage) -> tuple[Done, list[bytes]]:
    """Return the reply for what the pipeline returned, and the files that follow its header.

    Raises OutputLimit when the files have more than MAX_RESULT_BYTES together.
    """
    headers = tuple(_header(outcome) for outcome in processed.outcomes)
    files = [outcome.data for outcome in processed.outcomes if isinstance(outcome, EncodedVariant)]
    if (total := sum(map(len, files))) > MAX_RESULT_BYTES:
        raise OutputLimit(
            f"The variants of this image have {total} bytes together. At most {MAX_RESULT_BYTES} are allowed: "
            "ask for fewer or smaller variants."
        )
    header = None
    if thumbnail := processed.thumbnail:
        header = ThumbnailHeader(width=thumbnail.width, height=thumbnail.height, size=len(thumbnail.data))
        files.append(thumbnail.data)
    return Done(usage=usage, description=processed.description, thumbnail=header, outcomes=headers), files


def _header(outcome: Outcome) -> EncodedVariantHeader | FailedVariantHeader:
    if isinstance(outcome, FailedVariant):
        return FailedVariantHeader(name=outcome.name, code=outcome.code, message=outcome.message, bug=outcome.bug)
    return EncodedVariantHeader(
        name=outcome.name,
        format=outcome.format,
        width=outcome.width,
        height=outcome.height,
        sha256=outcome.sha256,
        warnings=outcome.warnings,
        cpu_ms=outcome.cpu_ms,
        size=len(outcome.data),
    )

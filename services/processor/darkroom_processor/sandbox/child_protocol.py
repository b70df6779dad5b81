"""What the service and a child say to each other, over one pair of sockets.

    service → child    header: Request       then the bytes of the source, then those of each overlay
    child → service    header: a Reply       then the bytes of each picture, in the order of the header

A header is four bytes of length, most significant first, and as many bytes of JSON. Nothing is pickled: the service
must be able to read what a child says that someone else has taken over.
"""

from struct import Struct
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, NonNegativeInt, PositiveInt, TypeAdapter

from darkroom.errors import OutputLimit
from darkroom.formats import ImageFormat
from darkroom.jobs import VariantWarning
from darkroom.recipes import Overlay, Variant
from darkroom.source_description import SourceDescription
from darkroom_processor.pipeline import EncodedVariant, FailedVariant, Instructions, ProcessedImage

LENGTH: Final = Struct("!I")

MAX_HEADER_BYTES: Final = 64 * 1024
"""Of a reply. What it carries goes on into a message, escaped, and SQS bounds that to 256 KiB."""

MAX_PICTURES_BYTES: Final = 256 * 1024**2
"""Of one reply, all pictures together."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class OverlayHeader(_Part):
    """An image that watermarks are made of; its bytes follow those of the source."""

    overlay: Overlay
    size: NonNegativeInt
    """Bytes."""


class Request(_Part):
    """Make this of the source whose bytes follow."""

    variants: tuple[Variant, ...]
    describe: bool
    size: int
    """Bytes of the source."""
    overlays: tuple[OverlayHeader, ...]

    def work(self, overlays: list[bytes]) -> Instructions:
        """For the pipeline, with the bytes of the overlays."""
        files = {header.overlay: data for header, data in zip(self.overlays, overlays, strict=True)}
        return Instructions(variants=self.variants, describe=self.describe, overlays=files)


class Usage(_Part):
    """What the child has used."""

    cpu_ms: NonNegativeInt
    """For this image, all threads."""
    peak_bytes: NonNegativeInt
    """The most memory resident at any time since the child began."""
    resident_bytes: NonNegativeInt
    """Memory resident after the work."""


class EncodedVariantHeader(_Part):
    """A picture that was made; its bytes follow."""

    type: Literal["picture"] = "picture"
    name: str
    format: ImageFormat
    width: PositiveInt
    height: PositiveInt
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    warnings: Annotated[tuple[VariantWarning, ...], Field(max_length=len(VariantWarning))] = ()
    size: NonNegativeInt
    """Bytes."""

    def picture(self, data: bytes) -> EncodedVariant:
        """With its bytes."""
        return EncodedVariant(data=data, **self.model_dump(exclude={"type", "size"}))


class FailedVariantHeader(_Part):
    """A variant that could not be made."""

    type: Literal["failure"] = "failure"
    name: str
    code: str
    message: str
    bug: str

    def failure(self) -> FailedVariant:
        """As the pipeline put it."""
        return FailedVariant(name=self.name, code=self.code, message=self.message, bug=self.bug)


class Ready(_Part):
    """The child is confined and waits for requests."""

    type: Literal["ready"] = "ready"
    lacking: tuple[str, ...]
    """Confinements that this system does not offer."""


class Done(_Part):
    """The source was processed."""

    type: Literal["done"] = "done"
    usage: Usage
    description: SourceDescription | None
    outcomes: tuple[Annotated[EncodedVariantHeader | FailedVariantHeader, Field(discriminator="type")], ...]

    @property
    def sizes(self) -> list[int]:
        """Bytes of each picture that follows."""
        return [outcome.size for outcome in self.outcomes if isinstance(outcome, EncodedVariantHeader)]

    def processed(self, pictures: list[bytes]) -> ProcessedImage:
        """With the pictures' bytes."""
        following = iter(pictures)
        return ProcessedImage(
            description=self.description,
            outcomes=tuple(
                outcome.picture(next(following)) if isinstance(outcome, EncodedVariantHeader) else outcome.failure()
                for outcome in self.outcomes
            ),
        )


class Refused(_Part):
    """The source cannot be processed: an ImageError."""

    type: Literal["refused"] = "refused"
    usage: Usage
    code: str
    message: str


class Broken(_Part):
    """The pipeline failed in a way that is not foreseen: a bug."""

    type: Literal["broken"] = "broken"
    usage: Usage
    detail: str
    """For operators: where, but nothing of the image."""


Reply = Ready | Done | Refused | Broken
REPLY: Final[TypeAdapter[Reply]] = TypeAdapter(Annotated[Reply, Field(discriminator="type")])


def header_of(message: BaseModel) -> bytes:
    """A header, length included."""
    body = message.model_dump_json().encode()
    return LENGTH.pack(len(body)) + body


def request(data: bytes | bytearray, work: Instructions) -> tuple[Request, list[bytes | bytearray]]:
    """The request for this work on the source `data`, and the bytes that follow it."""
    overlays = tuple(OverlayHeader(overlay=overlay, size=len(file)) for overlay, file in work.overlays.items())
    header = Request(variants=work.variants, describe=work.describe, size=len(data), overlays=overlays)
    return header, [data, *work.overlays.values()]


def done(processed: ProcessedImage, usage: Usage) -> tuple[Done, list[bytes]]:
    """The reply for what the pipeline returned, and the bytes that follow it.

    Raises OutputLimit when these are more than a reply may carry.
    """
    headers = tuple(_header(outcome) for outcome in processed.outcomes)
    pictures = [outcome.data for outcome in processed.outcomes if isinstance(outcome, EncodedVariant)]
    if sum(map(len, pictures)) > MAX_PICTURES_BYTES:
        raise OutputLimit(f"The variants of this image have more than {MAX_PICTURES_BYTES} bytes together.")
    return Done(usage=usage, description=processed.description, outcomes=headers), pictures


def _header(outcome: EncodedVariant | FailedVariant) -> EncodedVariantHeader | FailedVariantHeader:
    if isinstance(outcome, FailedVariant):
        return FailedVariantHeader(name=outcome.name, code=outcome.code, message=outcome.message, bug=outcome.bug)
    return EncodedVariantHeader(
        name=outcome.name,
        format=outcome.format,
        width=outcome.width,
        height=outcome.height,
        sha256=outcome.sha256,
        warnings=outcome.warnings,
        size=len(outcome.data),
    )

"""What the pipeline returns: the description and the thumbnail of the source, and one outcome for each variant."""

from dataclasses import dataclass, field
from typing import Final

from darkroom.errors import ImageError, ProcessorCrash
from darkroom.formats import ImageFormat
from darkroom.jobs import VariantWarning
from darkroom.source_description import SourceDescription
from darkroom_processor.pipeline.error_translation import traceback_lines

_BUG_CHARACTERS: Final = 500
"""Most characters of a variant's traceback. All variants of a task may fail, and one header must hold all of them."""


@dataclass(frozen=True, kw_only=True)
class EncodedVariant:
    """A variant that was made."""

    name: str
    format: ImageFormat
    data: bytes
    width: int
    height: int
    sha256: str
    """SHA-256 of `data`, in hexadecimal."""
    warnings: tuple[VariantWarning, ...] = ()
    cpu_ms: int = field(default=0, compare=False)
    """CPU time to render and encode it, of all threads. What several variants share counts for the first of them."""


@dataclass(frozen=True, kw_only=True)
class FailedVariant:
    """A variant that could not be made, although the source itself is sound."""

    name: str
    code: str
    """Code of a `darkroom.errors.ImageError`."""
    message: str
    bug: str = ""
    """Traceback of an unexpected exception, for operators; empty otherwise. It contains nothing of the image."""

    @classmethod
    def of(cls, name: str, error: ImageError) -> "FailedVariant":
        """Return the failure of the variant `name` by this error."""
        unexpected = error.__cause__ if isinstance(error, ProcessorCrash) else None
        bug = traceback_lines(unexpected, _BUG_CHARACTERS) if unexpected else ""
        return cls(name=name, code=error.code, message=error.message, bug=bug)


Outcome = EncodedVariant | FailedVariant


@dataclass(frozen=True, kw_only=True)
class EncodedThumbnail:
    """A thumbnail of the source."""

    data: bytes
    width: int
    height: int


@dataclass(frozen=True, kw_only=True)
class ProcessedImage:
    """Everything that was made of one image."""

    description: SourceDescription | None
    thumbnail: EncodedThumbnail | None = None
    outcomes: tuple[Outcome, ...]
    """One outcome for each of `Instructions.variants`, in the same order."""

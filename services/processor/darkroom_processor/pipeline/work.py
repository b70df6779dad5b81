"""What goes into the pipeline besides the bytes, and what comes out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from darkroom.errors import ImageError, ProcessorCrash
from darkroom.formats import ImageFormat
from darkroom.jobs import VariantWarning
from darkroom.recipes import Overlay, Variant
from darkroom.sources import SourceDescription
from darkroom_processor.pipeline.faults import places

_BUG_CHARACTERS: Final = 500
"""All variants of a task may fail alike, and what is said of them has to fit into one header."""


@dataclass(frozen=True, kw_only=True)
class Work:
    """What to do with one source."""

    variants: tuple[Variant, ...]
    describe: bool
    """Whether to extract the metadata as well."""
    overlays: Mapping[Overlay, bytes] = field(default_factory=dict)
    """The files of images that watermarks are made of. A variant whose image is not among them fails."""


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A variant that was made."""

    name: str
    format: ImageFormat
    data: bytes
    width: int
    height: int
    sha256: str
    """Of `data`, in hexadecimal."""
    warnings: tuple[VariantWarning, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Failure:
    """A variant that could not be made of a source that is sound in itself."""

    name: str
    code: str
    """The code of a `darkroom.errors.ImageError`."""
    message: str
    bug: str = ""
    """Where an exception came from that nobody foresaw. For operators; it holds nothing of the image."""

    @classmethod
    def of(cls, name: str, error: ImageError) -> "Failure":
        """The failure of the variant `name` by this error."""
        bug = places(error.__cause__, _BUG_CHARACTERS) if isinstance(error, ProcessorCrash) and error.__cause__ else ""
        return cls(name=name, code=error.code, message=error.message, bug=bug)


Outcome = Picture | Failure


@dataclass(frozen=True, kw_only=True)
class Processed:
    """All that became of one source."""

    description: SourceDescription | None
    outcomes: tuple[Outcome, ...]
    """In the order of `Work.variants`."""

"""How the processing of one image in the sandbox ended, and what it cost."""

from dataclasses import dataclass

from darkroom.errors import ImageError
from darkroom_processor.pipeline import FailedVariant, ProcessedImage


@dataclass(frozen=True, kw_only=True)
class Execution:
    """The result for one image, and the resources that it took."""

    result: ProcessedImage | ImageError
    """An ImageError if no variant can be made of this source."""
    cpu_ms: int = 0
    """CPU time of the child, user and system, of all threads; 0 if the child died and could not tell."""
    peak_bytes: int = 0
    """The most memory that the child ever had resident; 0 if the child died and could not tell."""

    @property
    def bugs(self) -> tuple[str, ...]:
        """Tracebacks of the unexpected exceptions, each once, in the order of the variants."""
        outcomes = self.result.outcomes if isinstance(self.result, ProcessedImage) else ()
        return tuple(dict.fromkeys(one.bug for one in outcomes if isinstance(one, FailedVariant) and one.bug))

"""How the processing of one image ended."""

from dataclasses import dataclass

from darkroom.errors import ImageError
from darkroom_processor.pipeline import FailedVariant, ProcessedImage


@dataclass(frozen=True, kw_only=True)
class Execution:
    """What became of one image, and what it cost."""

    result: ProcessedImage | ImageError
    """An ImageError when nothing can be made of this source."""
    cpu_ms: int = 0
    """CPU time of the child, user and system, all threads; 0 when it did not live to tell."""
    peak_bytes: int = 0
    """The most memory that the child ever had resident; 0 when it did not live to tell."""

    @property
    def bugs(self) -> tuple[str, ...]:
        """Where exceptions came from that nobody foresaw, each place once, by the order of the variants."""
        outcomes = self.result.outcomes if isinstance(self.result, ProcessedImage) else ()
        return tuple(dict.fromkeys(one.bug for one in outcomes if isinstance(one, FailedVariant) and one.bug))

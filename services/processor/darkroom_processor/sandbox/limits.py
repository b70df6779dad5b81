"""The resources that one child may use."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from darkroom.limits import CHILD_CPU_SECONDS, CHILD_MEMORY_BYTES, CHILD_WALL_SECONDS


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of a child. The first three hold for one image, the others for the reuse of the child."""

    memory_bytes: int = CHILD_MEMORY_BYTES
    """Address space; thread stacks and shared libraries count."""
    cpu_seconds: float = CHILD_CPU_SECONDS
    """CPU time of all threads together, for one image. The kernel ends the child after that."""
    wall_seconds: float = CHILD_WALL_SECONDS
    """Time from sending the image to the end of the answer. The service ends the child after that."""
    max_images: int = 500
    """Images after which a child is replaced, because libraries may leak memory."""
    max_resident_bytes: int = 384 * 1024**2
    """A child that still holds more memory than this after an image is replaced."""

    def to_json(self) -> str:
        """Return the limits as the command-line argument of the template."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the limits that `to_json` wrote."""
        return cls(**json.loads(text))

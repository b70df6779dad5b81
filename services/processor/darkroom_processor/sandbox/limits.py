"""What one child may use."""

import json
from dataclasses import asdict, dataclass
from typing import Self

from darkroom.limits import CHILD_CPU_SECONDS, CHILD_MEMORY_BYTES, CHILD_WALL_SECONDS


@dataclass(frozen=True, kw_only=True)
class Limits:
    """The limits of a child: the first three bound one image, the others how long a child is reused."""

    memory_bytes: int = CHILD_MEMORY_BYTES
    """Address space; thread stacks and shared libraries count."""
    cpu_seconds: float = CHILD_CPU_SECONDS
    """Of all threads together, for one image. The kernel ends the child."""
    wall_seconds: float = CHILD_WALL_SECONDS
    """From handing the image over to the end of the answer. The service ends the child."""
    images: int = 500
    """After so many a child is replaced, whatever may have leaked in it."""
    resident_bytes: int = 384 * 1024**2
    """A child that still holds more memory than this after its work is replaced."""

    def to_json(self) -> str:
        """As the argument that a child is started with."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The inverse of `to_json`."""
        return cls(**json.loads(text))

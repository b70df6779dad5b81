"""JSON pointers (RFC 6901): where in a document something is."""

from collections.abc import Iterable


def json_pointer(steps: Iterable[str | int]) -> str:
    """The pointer that goes these steps from the document's root."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)

"""JSON pointers (RFC 6901): the place of a value in a document."""

from collections.abc import Iterable


def json_pointer(steps: Iterable[str | int]) -> str:
    """Return the pointer with these steps from the root of the document."""
    return "".join(f"/{str(step).replace('~', '~0').replace('/', '~1')}" for step in steps)

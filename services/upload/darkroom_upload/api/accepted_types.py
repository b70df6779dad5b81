"""Reads which of two media types a client prefers (RFC 9110, section 12.5.1)."""

from typing import Final

_JSON: Final = ("application/json", "application/*", "*/*")
_HTML: Final = ("text/html", "text/*", "*/*")


def prefers_json(accept: str | None) -> bool:
    """Return whether JSON is wanted more than HTML. Without a preference, HTML is sent."""
    weights = dict(_weighted(part) for part in (accept or "*/*").lower().split(","))
    return _weight(weights, _JSON) > _weight(weights, _HTML)


def _weight(weights: dict[str, float], ranges: tuple[str, ...]) -> float:
    """Return the weight of the most specific range that the client names."""
    return next((weights[each] for each in ranges if each in weights), 0.0)


def _weighted(part: str) -> tuple[str, float]:
    name, *parameters = (piece.strip() for piece in part.split(";"))
    for parameter in parameters:
        if parameter.startswith("q="):
            try:
                return name, float(parameter[2:])
            except ValueError:
                return name, 0.0
    return name, 1.0

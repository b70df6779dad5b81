"""Writes a picture as HTML."""

from html import escape
from typing import Final

from darkroom_upload.markup.markup import Markup
from darkroom_upload.markup.picture import ImageSet

_INDENT: Final = "  "


def picture_html(markup: Markup) -> str:
    """Return a `<picture>`. It has no script, and what clients and users wrote is escaped."""
    picture, largest = markup.picture, markup.picture.fallback.largest
    lines = [
        _tag("source", {"type": one.format.media_type, **_candidates(one, markup.sizes)}) for one in picture.sources
    ]
    image = {
        "src": largest.url,
        **_candidates(picture.fallback, markup.sizes),
        "width": str(largest.size[0]),
        "height": str(largest.size[1]),
        "alt": markup.alt,
        "loading": "lazy",
        "decoding": "async",
    }
    if markup.background:
        image["style"] = f"background-color:{markup.background}"
    image["data-thumbhash"] = markup.thumbhash
    lines.append(_tag("img", image))
    return "\n".join(["<picture>", *(_INDENT + line for line in lines), "</picture>\n"])


def _candidates(one: ImageSet, sizes: str) -> dict[str, str]:
    return {"srcset": one.srcset, "sizes": sizes}


def _tag(name: str, attributes: dict[str, str]) -> str:
    return " ".join([f"<{name}", *(f'{key}="{escape(value)}"' for key, value in attributes.items())]) + ">"

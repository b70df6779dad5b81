"""The picture: which candidates a browser chooses from, by format and width."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from darkroom.formats import ImageFormat
from darkroom_upload.markup.candidates import SHOWN, Candidate, LeftOut

_FALLBACKS: Final = (ImageFormat.JPEG, ImageFormat.PNG, ImageFormat.GIF)
"""Formats that every browser shows. Where numbers are equal, the earlier one is chosen."""


@dataclass(frozen=True, kw_only=True)
class ImageSet:
    """Candidates of one format, by width, each width once."""

    format: ImageFormat
    candidates: tuple[Candidate, ...]

    @property
    def srcset(self) -> str:
        """The value of the attribute `srcset`: addresses with width descriptors."""
        return ", ".join(f"{each.url} {each.size[0]}w" for each in self.candidates)

    @property
    def largest(self) -> Candidate:
        """The widest candidate."""
        return self.candidates[-1]


@dataclass(frozen=True, kw_only=True)
class Picture:
    """The sets of a picture. A browser takes the first source that it knows, otherwise the fallback."""

    sources: tuple[ImageSet, ...]
    """Sets of the other formats, those with the fewest bytes first."""
    fallback: ImageSet

    @property
    def is_opaque(self) -> bool:
        """Whether nothing can be seen through any of its images."""
        return all(each.is_opaque for one in (*self.sources, self.fallback) for each in one.candidates)


def picture_of(candidates: Sequence[Candidate]) -> tuple[Picture, list[LeftOut]]:
    """Return the picture of these candidates, at least one, and those that it does not have.

    Images of one picture are the same image at other sizes: they share one aspect ratio, otherwise the page would
    change its layout with the width of the window. Of several ratios, that of most candidates is taken.
    """
    shape = _most_common_shape(candidates)
    left_out = [
        LeftOut(variant=each.variant, reason=f"its aspect ratio is not that of {shape.variant}")
        for each in candidates
        if not _same_shape(each, shape)
    ]
    sets: dict[ImageFormat, ImageSet] = {}
    for image_format in SHOWN:
        alike = [each for each in candidates if each.format is image_format and _same_shape(each, shape)]
        if alike:
            sets[image_format], twice = _set_of(image_format, alike)
            left_out += twice
    fallback = _fallback(sets)
    for image_format in _FALLBACKS:
        if image_format in sets and image_format is not fallback.format:
            reason = f"browsers that show {image_format} show {fallback.format} too"
            left_out += [LeftOut(variant=each.variant, reason=reason) for each in sets.pop(image_format).candidates]
    sources = tuple(one for image_format, one in sets.items() if image_format is not fallback.format)
    return Picture(sources=sources, fallback=fallback), left_out


def _most_common_shape(candidates: Sequence[Candidate]) -> Candidate:
    """Return the largest candidate of the aspect ratio that most have."""
    return max(candidates, key=lambda shape: (sum(_same_shape(each, shape) for each in candidates), shape.size[0]))


def _same_shape(one: Candidate, other: Candidate) -> bool:
    """Return whether the sizes differ only by rounding: scaled to equal widths, the heights differ by one pixel."""
    small, large = sorted((one.size, other.size))
    return abs(large[1] * small[0] / large[0] - small[1]) <= 1


def _set_of(image_format: ImageFormat, alike: Sequence[Candidate]) -> tuple[ImageSet, list[LeftOut]]:
    """Return the candidates by width. Of equal widths the first in the recipe is taken."""
    widths: dict[int, Candidate] = {}
    left_out: list[LeftOut] = []
    for each in alike:
        first = widths.setdefault(each.size[0], each)
        if first is not each:
            left_out.append(LeftOut(variant=each.variant, reason=f"{first.variant} has the same format and width"))
    return ImageSet(format=image_format, candidates=tuple(widths[width] for width in sorted(widths))), left_out


def _fallback(sets: dict[ImageFormat, ImageSet]) -> ImageSet:
    """Return the set for browsers that know no other format; without one that all know, the best known."""
    known = [sets[image_format] for image_format in _FALLBACKS if image_format in sets]
    if known:
        return max(known, key=lambda one: len(one.candidates))
    return list(sets.values())[-1]

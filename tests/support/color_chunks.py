"""Writes the colour space chunks of a PNG, and converts their colours to sRGB."""

import io
import struct
from typing import Any

import numpy as np
from PIL import Image, ImageCms

from tests.support import bombs, h273
from tools.testbed import images


def rows(shown: Image.Image) -> Any:
    """Return the channels of the pixels, one row for each pixel."""
    return np.asarray(shown, dtype=float).reshape(-1, len(shown.getbands()))


def profile_name(data: bytes) -> str | None:
    """Return the description of the profile in a file; None if there is no profile."""
    profile = images.opened(data).info.get("icc_profile")
    return ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile))).strip() if profile else None


def with_chunks(data: bytes, **chunks: bytes) -> bytes:
    """Return the PNG with these chunks after its header."""
    return data[:33] + b"".join(bombs.chunk(kind.encode(), body) for kind, body in chunks.items()) + data[33:]


def cicp(primaries: int, transfer: int, *, matrix: int = 0, full: int = 1) -> bytes:
    """Return the contents of a `cICP` chunk."""
    return bytes([primaries, transfer, matrix, full])


def gama(exponent: float) -> bytes:
    """Return the contents of a `gAMA` chunk for an exponent from level to light."""
    return struct.pack(">I", round(100_000 / exponent))


def chrm(primaries: Any) -> bytes:
    """Return the contents of a `cHRM` chunk for primaries in the order of H.273."""
    green, blue, red, white = primaries
    return struct.pack(">8I", *(round(part * 100_000) for point in (white, red, green, blue) for part in point))


def by_codes(samples: Any, primaries: int, transfer: int) -> Any:
    """Convert samples from 0 to 255 by their code points to sRGB from 0 to 255."""
    return h273.to_srgb(samples / 255, h273.PRIMARIES[primaries], lambda level: h273.light(transfer, level))


def by_exponent(samples: Any, exponent: float, primaries: Any = h273.PRIMARIES[1]) -> Any:
    """Convert samples from 0 to 255 by an exponent and primaries to sRGB from 0 to 255."""
    return h273.to_srgb(samples / 255, primaries, lambda level: level**exponent)

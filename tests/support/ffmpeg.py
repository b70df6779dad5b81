"""Decodes animations by ffmpeg, if it is installed.

Known differences: it does not recognise a PNG with a hidden picture, gives no transparency to an APNG that stores none,
refuses GIF images beyond the screen, and fills areas that a GIF clears, or never covers, with the background colour.
"""

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from tests.support.compositor import Levels

needed = pytest.mark.skipif(shutil.which("ffmpeg") is None, reason="ffmpeg is not installed")


def frames(data: bytes, demuxer: str, size: tuple[int, int], folder: Path) -> list[Levels]:
    """Return the canvas, of this (width, height), after each frame."""
    source = folder / "source"
    source.write_bytes(data)
    command = ["ffmpeg", "-v", "error", "-f", demuxer, "-i", str(source), "-vsync", "passthrough"]
    raw = subprocess.run([*command, "-f", "rawvideo", "-pix_fmt", "rgba", "-"], check=True, capture_output=True).stdout
    shown = np.frombuffer(raw, dtype=np.uint8).astype(np.int64).reshape(-1, size[1], size[0], 4)
    return list(shown)

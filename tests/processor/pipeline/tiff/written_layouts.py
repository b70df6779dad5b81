"""Layouts that `tifffile` writes and reads: an independent implementation of TIFF."""

import io
from dataclasses import dataclass
from typing import Any

import numpy as np
import tifffile

from tests.processor.pipeline.tiff.pixels import Numbers, ramps


@dataclass(frozen=True, kw_only=True)
class WrittenLayout:
    """A layout that `tifffile` writes and reads."""

    dtype: str = "u2"
    photometric: str = "minisblack"
    planar: bool = False
    compression: str | None = None
    predictor: bool = False
    tiled: bool = False
    order: str = "<"
    big: bool = False

    def __str__(self) -> str:
        marks = [self.order, self.dtype, self.photometric, self.compression or "none"]
        flags = ("planar", "predictor", "tiled", "big")
        return " ".join([*marks, *(flag for flag in flags if getattr(self, flag))])

    @property
    def range(self) -> tuple[float, float]:
        """The numbers of black and white."""
        kind = np.dtype(self.dtype)
        return (0.0, 1.0) if kind.kind == "f" else (float(np.iinfo(kind).min), float(np.iinfo(kind).max))

    def file(self) -> bytes:
        """Return a file of the picture `ramps` in this layout."""
        levels = ramps(3 if self.photometric == "rgb" else 1).astype(np.longdouble)
        low, high = (np.longdouble(end) for end in self.range)
        numbers = np.clip(levels * (high - low) + low, low, np.nextafter(high, low) if high > 2**53 else high)
        samples = numbers.astype(self.dtype)
        options: dict[str, Any] = {"tile": (32, 32)} if self.tiled else {"rowsperstrip": 16}
        if levels.ndim == 3:
            options["planarconfig"] = "separate" if self.planar else "contig"
        out = io.BytesIO()
        with tifffile.TiffWriter(out, bigtiff=self.big, byteorder=self.order) as writer:  # type: ignore[arg-type]
            writer.write(
                np.moveaxis(samples, -1, 0) if self.planar else samples,
                photometric=self.photometric,
                compression=self.compression,
                predictor=self.predictor,
                metadata=None,
                **options,
            )
        return out.getvalue()

    def read(self, data: bytes) -> Numbers:
        """Read a file by `tifffile`. Return levels from 0 to 1."""
        page = tifffile.TiffFile(io.BytesIO(data)).pages[0]
        numbers = np.asarray(page.asarray(), dtype=np.float64)
        low, high = self.range
        levels: Numbers = (np.moveaxis(numbers, 0, -1) if self.planar else numbers) / (high - low) - low / (high - low)
        return 1 - levels if self.photometric == "miniswhite" else levels


DEPTHS = ["u1", "u2", "u4", "u8", "i1", "i2", "i4", "i8", "f2", "f4", "f8"]
KINDS = [("minisblack", False), ("miniswhite", False), ("rgb", False), ("rgb", True)]
LAYOUTS = [
    *(
        WrittenLayout(dtype=depth, photometric=photometric, planar=planar, order=order)
        for depth in DEPTHS
        for photometric, planar in KINDS
        for order in "<>"
    ),
    *(
        WrittenLayout(
            dtype=depth, photometric=photometric, planar=planar, order=order, compression="lzw", predictor=True
        )
        for depth in ("u1", "u2", "u4", "i2", "f2", "f4", "f8")
        for photometric, planar in KINDS
        for order in "<>"
    ),
    *(
        WrittenLayout(
            dtype=depth,
            photometric=photometric,
            planar=planar,
            compression=compression,
            tiled=True,
            big=True,
            order=order,
        )
        for depth in ("u1", "u2", "f4")
        for photometric, planar in KINDS
        for compression in (None, "zlib")
        for order in "<>"
    ),
    *(
        WrittenLayout(dtype=depth, photometric="rgb", planar=planar, compression=compression)
        for depth in ("u1", "u2", "u4")
        for planar in (False, True)
        for compression in ("packbits", "zstd", "lzma")
    ),
]

"""Numbers of TIFF tags."""

from typing import Final


class Tag:
    """Tag numbers, by the names in their specifications.

    Sources: TIFF 6.0; TIFF Technical Note 2 (JPEGTables); Adobe's XMP specification, part 3; ICC.1:2022, annex B.3.
    """

    IMAGE_WIDTH: Final = 256
    IMAGE_LENGTH: Final = 257
    BITS_PER_SAMPLE: Final = 258
    COMPRESSION: Final = 259
    PHOTOMETRIC_INTERPRETATION: Final = 262
    FILL_ORDER: Final = 266
    STRIP_OFFSETS: Final = 273
    ORIENTATION: Final = 274
    SAMPLES_PER_PIXEL: Final = 277
    ROWS_PER_STRIP: Final = 278
    STRIP_BYTE_COUNTS: Final = 279
    X_RESOLUTION: Final = 282
    Y_RESOLUTION: Final = 283
    PLANAR_CONFIGURATION: Final = 284
    RESOLUTION_UNIT: Final = 296
    PREDICTOR: Final = 317
    COLOR_MAP: Final = 320
    TILE_WIDTH: Final = 322
    TILE_LENGTH: Final = 323
    TILE_OFFSETS: Final = 324
    TILE_BYTE_COUNTS: Final = 325
    EXTRA_SAMPLES: Final = 338
    SAMPLE_FORMAT: Final = 339
    JPEG_TABLES: Final = 347
    YCBCR_SUBSAMPLING: Final = 530
    XMP: Final = 700
    ICC_PROFILE: Final = 34675

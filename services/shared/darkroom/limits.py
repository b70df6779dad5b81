"""What an image may cost, in one place and the same in every environment."""

from typing import Final

DEFAULT_UPLOAD_BYTES: Final = 10 * 1024 * 1024
"""Bytes of one upload, unless `DARKROOM_MAX_UPLOAD_BYTES` says otherwise."""

HIGHEST_UPLOAD_BYTES: Final = 100 * 1024 * 1024
"""The highest value that the setting takes: a source is held in memory once while it is processed."""

MAX_PIXELS: Final = 50_000_000
"""Width × height of a source; of an animation that a variant keeps, × frames."""

MAX_FRAMES: Final = 1000
"""Frames of an animation that a variant keeps. A variant that needs the first frame only has no such limit."""

MOST_FRAMES_COUNTED: Final = 10_000
"""Frames or pages of a source are counted up to this number. A description tells no more."""

MAX_SCANS: Final = 100
"""Scans of a progressive JPEG: each costs a pass over all coefficients, whatever the output size."""

MAX_ICC_BYTES: Final = 1_000_000
MAX_TEXT_BYTES: Final = 1_000_000
"""Text chunks of a PNG, all together and decompressed."""

MAX_OUTPUT_SIDE: Final = 8192
"""Pixels of an output's longer side; also the highest number a recipe may name."""

JOB_RESULTS_BYTES: Final = 64 * 1024**2
RESULTS_PER_SOURCE_BYTE: Final = 20
"""All pictures of a job together may have this many bytes, or this many times its source's, whichever is more."""

MAX_UNCOMPRESSED_PIXELS: Final = 1_000_000
"""Pixels of a PNG without compression, all frames together."""

MAX_VARIANTS: Final = 32
MAX_OPERATIONS: Final = 16

MAX_RECIPE_BYTES: Final = 32 * 1024
"""Bytes of a recipe as it is kept with a job: UTF-8 JSON without spaces, its defaults written out."""

DEFAULT_VARIANTS_PER_TASK: Final = 16
"""Of one task, unless `DARKROOM_MAX_VARIANTS_PER_TASK` says otherwise."""

MAX_OVERLAYS: Final = 4
"""Different images that the watermarks of one recipe use."""

MAX_OVERLAY_BYTES: Final = 10 * 1024 * 1024
"""Of each of them. Its pixels are limited as those of a source are."""

CHILD_MEMORY_BYTES: Final = 1024**3
"""Address space of the process that decodes one image."""

CHILD_CPU_SECONDS: Final = 20
CHILD_WALL_SECONDS: Final = 30
"""One image, all its variants of one task."""

HIGHEST_TASKS_PER_OWNER: Final = 256
"""The highest value of `DARKROOM_TASKS_PER_OWNER`: what counts an owner's tasks reads an index entry for each."""

MAX_FAULTS: Final = 100
"""How many faults of one document are told, which may have tens of thousands."""

MAX_RUNS: Final = 20
"""Runs of one job, the first one included."""

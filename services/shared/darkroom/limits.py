"""The limits of images, recipes and jobs. They are the same in every environment."""

from typing import Final

DEFAULT_UPLOAD_BYTES: Final = 10 * 1024 * 1024
"""Most bytes of one upload by default. `DARKROOM_MAX_UPLOAD_BYTES` changes it."""

HIGHEST_UPLOAD_BYTES: Final = 100 * 1024 * 1024
"""Highest value of that setting. The processor keeps the whole original in memory."""

DEFAULT_ORIGINAL_DAYS: Final = 7
"""Days for which an original is readable, unless it is kept. `DARKROOM_ORIGINAL_DAYS` changes it."""
LONGEST_ORIGINAL_DAYS: Final = 30
"""Highest value of that setting."""

MAX_PIXELS: Final = 50_000_000
"""Most pixels of an image: width × height, and × frames for an animation that a variant keeps."""

MAX_FRAMES: Final = 1000
"""Most frames of an animation that a variant keeps. A variant of only the first frame has no such limit."""

MOST_FRAMES_COUNTED: Final = 10_000
"""Frames or pages of an image are counted up to this number."""

MAX_SCANS: Final = 100
"""Most scans of a progressive JPEG. Each takes a pass over all coefficients, even for a small result."""

MAX_ICC_BYTES: Final = 1_000_000
"""Most bytes of an ICC profile."""
MAX_TEXT_BYTES: Final = 1_000_000
"""Most bytes of all text chunks of a PNG together, decompressed."""

MAX_OUTPUT_SIDE: Final = 8192
"""Most pixels of each side of a result, and the largest size in a recipe."""

JOB_RESULTS_BYTES: Final = 64 * 1024**2
RESULTS_PER_SOURCE_BYTE: Final = 20
"""All results of a job together may have `JOB_RESULTS_BYTES`, or this many times the bytes of its original if that is
more."""

MAX_UNCOMPRESSED_PIXELS: Final = 1_000_000
"""Most pixels of a PNG without compression, in all frames together."""

MAX_VARIANTS: Final = 32
MAX_OPERATIONS: Final = 16

MAX_RECIPE_BYTES: Final = 32 * 1024
"""Most bytes of a recipe as stored with a job: UTF-8 JSON without spaces, with its defaults written out."""

MAX_PRESETS: Final = 200
"""Most presets of one owner."""
MAX_PRESET_VERSIONS: Final = 100
"""Most versions of one preset, including those from before a deletion."""

DEFAULT_VARIANTS_PER_TASK: Final = 16
"""Most variants of one task by default. `DARKROOM_MAX_VARIANTS_PER_TASK` changes it."""

MAX_OVERLAYS: Final = 4
"""Most different images that the watermarks of one recipe use."""

MAX_OVERLAY_BYTES: Final = 10 * 1024 * 1024
"""Most bytes of the image of a watermark. Its pixels have the same limits as those of an original."""

CHILD_MEMORY_BYTES: Final = 1024**3
"""Most address space of the process that decodes an image."""

CHILD_CPU_SECONDS: Final = 20
CHILD_WALL_SECONDS: Final = 30
"""Most seconds for one task: one image and all of the task's variants."""

HIGHEST_TASKS_PER_OWNER: Final = 256
"""Highest value of `DARKROOM_TASKS_PER_OWNER`. Counting an owner's tasks reads an index entry for each."""

MAX_FAULTS: Final = 100
"""Most faults that an error lists. A document can have tens of thousands."""

MAX_RUNS: Final = 20
"""Most runs of one job, including the first."""

PREVIEW_PIXELS: Final = 4_000_000
"""Most pixels of a preview, in all frames together: about those of a screen."""
PREVIEW_BYTES: Final = 8 * 1024 * 1024
"""Most bytes of a preview. The upload service keeps it in memory while it sends it."""

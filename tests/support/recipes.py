"""Draws variants at random, for hypothesis: any that a client may send."""

from typing import Any

from hypothesis import strategies as st

from darkroom.recipes import WRITABLE, Overlay, Variant

Drawn = st.SearchStrategy[dict[str, Any]]

LOGO = Overlay(job_id="01a20269-be1a-72d5-936e-7dc20e02262e", variant="logo")
"""The overlay of drawn watermarks. Some have an overlay that does not exist instead."""

_WRITABLE = sorted(WRITABLE)

MOST_SIDE = 400
"""The largest side that is drawn, in pixels. Larger ones only take time."""

sides = st.integers(1, MOST_SIDE)
fractions = st.floats(0, 1)
factors = st.floats(0, 4)
opaque_colors = st.integers(0, 0xFFFFFF).map(lambda number: f"#{number:06x}")
colors = st.one_of(st.just("transparent"), opaque_colors, opaque_colors.map(lambda color: f"{color}80"))
names = st.sampled_from(["center", "top", "top-right", "right", "bottom-right", "bottom", "bottom-left", "left"])
positions = st.one_of(
    names, st.sampled_from(["smart", "entropy", "attention"]), st.fixed_dictionaries({"x": fractions, "y": fractions})
)


def _operation(op: str, required: dict[str, Any] | None = None, **optional: Any) -> Drawn:
    return st.fixed_dictionaries({"op": st.just(op), **(required or {})}, optional=optional)


def _resize(**needed: Any) -> Drawn:
    return _operation(
        "resize",
        needed,
        fit=st.sampled_from(["cover", "contain", "fill", "inside", "outside"]),
        position=positions,
        background=colors,
        enlarge=st.booleans(),
        filter=st.sampled_from(["nearest", "bilinear", "bicubic", "lanczos", None]),
    )


def _watermark(**made_of: Drawn | st.SearchStrategy[str]) -> Drawn:
    return _operation(
        "watermark",
        made_of,
        position=names,
        color=opaque_colors,
        opacity=fractions,
        scale=st.floats(0.02, 1),
        margin=fractions,
        angle=st.floats(-360, 360),
        tile=st.booleans(),
        spacing=st.floats(0, 10),
    )


operations: Drawn = st.one_of(
    _resize(width=sides, height=sides),
    _resize(width=sides),
    _resize(height=sides),
    _operation("crop", {"width": sides, "height": sides}, left=sides, top=sides),
    _operation(
        "crop",
        {"width": st.floats(0.001, 1), "height": st.floats(0.001, 1), "unit": st.just("fraction")},
        left=fractions,
        top=fractions,
    ),
    _operation("trim", threshold=st.integers(0, 254)),
    _operation("rotate", {"angle": st.floats(-360, 360)}, background=colors),
    _operation("rotate", {"angle": st.sampled_from([-90, 0, 90, 180, 270, 360])}),
    _operation("flip"),
    _operation("flop"),
    _operation("pad", {}, top=sides, right=sides, bottom=sides, left=sides, background=colors),
    _operation("round", {"radius": sides}, background=colors),
    _operation("round", {"fraction": fractions}, background=colors),
    _operation("grayscale"),
    _operation("flatten", {}, background=colors),
    _operation("blur", {}, sigma=st.floats(0.3, 100)),
    _operation("sharpen", {}, sigma=st.floats(0.3, 10), amount=st.floats(0, 5), threshold=st.integers(0, 255)),
    _operation("adjust", {}, brightness=factors, contrast=factors, saturation=factors, gamma=st.floats(0.1, 10)),
    _operation("tint", {"color": opaque_colors}, strength=fractions),
    _operation("sepia", {}, strength=fractions),
    _watermark(text=st.text(_WRITABLE, min_size=1, max_size=100).filter(str.strip)),
    _watermark(image=st.sampled_from([LOGO.model_dump(), {**LOGO.model_dump(), "variant": "missing"}])),
)

outputs: Drawn = st.fixed_dictionaries(
    # These are required, because hypothesis mostly omits optional fields.
    {
        "format": st.sampled_from(["same", "jpeg", "png", "webp", "avif", "gif", "tiff", "auto"]),
        "frames": st.sampled_from([1, "all"]),
        "keep_metadata": st.sampled_from(["none", "icc", "copyright", "all"]),
    },
    optional={
        "quality": st.integers(1, 100),
        "lossless": st.booleans(),
        # Higher efforts only take time.
        "effort": st.integers(0, 5),
        "progressive": st.booleans(),
        "subsampling": st.sampled_from(["4:4:4", "4:2:2", "4:2:0"]),
        "colors": st.integers(2, 256),
        "max_bytes": st.integers(100, 100_000),
    },
)

variants = st.builds(
    lambda steps, output: Variant.model_validate({"name": "it", "operations": steps, "output": output}),
    st.lists(operations, max_size=4),
    outputs,
)

"""Tests of the engine benchmark's measures of quality, so that its output can be trusted."""

import pytest
from PIL import Image, ImageOps

from bench.engine.cases import cases
from bench.engine.quality import judge
from bench.engine.table import Goal, Table, judged
from darkroom_processor.pipeline import EncodedVariant, Instructions, process
from tools.testbed import images

SOURCE = images.encoded(images.photo(400, 301), "PNG")


def test_a_picture_scaled_by_lanczos_is_nearest_and_another_kernel_is_told_apart() -> None:
    source = images.opened(SOURCE)
    near, far = (
        judge(SOURCE, images.encoded(source.resize((150, 113), kernel), "PNG"))
        for kernel in (Image.Resampling.LANCZOS, Image.Resampling.NEAREST)
    )
    assert near.decibels > 50 > far.decibels
    assert near.similarity > 0.999 > far.similarity


@pytest.mark.parametrize("odd", [0, 1])
def test_the_odd_pixel_of_a_letterbox_may_lie_on_either_side(odd: int) -> None:
    scaled = ImageOps.contain(images.opened(SOURCE), (256, 256), Image.Resampling.LANCZOS)
    boxed = Image.new("RGB", (256, 256), "white")
    boxed.paste(scaled, (0, (256 - scaled.height + odd) // 2))
    assert scaled.height % 2 == 1
    assert judge(SOURCE, images.encoded(boxed, "PNG")).decibels > 50


def test_grey_is_judged_by_grey_and_not_by_colours() -> None:
    gray = images.opened(SOURCE).convert("L").resize((150, 113), Image.Resampling.LANCZOS)
    assert judge(SOURCE, images.encoded(gray, "PNG")).decibels > 45


def test_transparent_pixels_count_by_what_is_seen_of_them() -> None:
    source = images.photo(200, 151, "RGBA")
    data = images.encoded(source, "PNG")
    unseen = source.getchannel("A").point([255, *[0] * 255])
    assert unseen.getbbox()
    source.paste((9, 200, 9, 0), mask=unseen)
    assert judge(data, images.encoded(source, "PNG")).decibels > 90


def test_a_goal_is_met_up_to_its_limit() -> None:
    assert [Goal(figure, at_most=1.1).missed for figure in (1.1, 1.2)] == [False, True]
    assert [Goal(figure, at_least=-0.5).missed for figure in (-0.5, -0.6)] == [False, True]
    assert not Goal(9).is_set
    assert judged(Goal(0.5, at_most=1.1)) == ["0.50", "≤ 1.1", "met"]
    table = Table("title", ["", *"abc"])
    table.add(["row", *judged(Goal(2.0, at_most=1.1))])
    assert str(table).splitlines()[-1] == "row  2.00  ≤ 1.1  missed"


@pytest.mark.parametrize("name", sorted(name for name in cases() if "avif" not in name))
def test_every_case_makes_all_of_its_pictures(name: str) -> None:
    case = cases()[name]
    source = images.encoded(
        images.photo(300, 221, "RGBA" if case.source == "png" else "RGB"), case.source.upper().replace("JPG", "JPEG")
    )
    made = process(source, Instructions(variants=case.variants, describe=False)).outcomes
    assert len(made) == len(case.variants)
    assert all(isinstance(one, EncodedVariant) for one in made)

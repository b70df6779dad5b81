"""Tests of the cost calculation."""

from dataclasses import replace

import pytest
from PIL import Image

from bench.costs import (
    COMPARED_HEADS,
    HEADS,
    Measured,
    compared,
    cost,
    line,
    measure,
    million,
    photograph,
    without_resampler,
)
from bench.prices import FARGATE
from darkroom.recipes.presets import load_presets
from darkroom_cdk.config import Architecture
from darkroom_cdk.stage_settings import load
from darkroom_processor.pipeline.operations import resize
from darkroom_processor.pipeline.pixels import resampling

ONE = Measured(cpu_seconds=0.5, bytes_in=1_000_000, bytes_out=200_000, variants=4)
X86 = FARGATE[Architecture.X86_64]
PROCESSOR = load("prod", {}).processor


def test_twice_the_variants_need_twice_the_requests_except_the_original() -> None:
    two = Measured(cpu_seconds=0.5, bytes_in=1_000_000, bytes_out=200_000, variants=9)
    one, other = (cost(each, fargate=X86, gb_per_vcpu=2, spot_part=0.8) for each in (ONE, two))
    # Five puts and five gets, compared with ten of each.
    assert other.s3 - one.s3 == pytest.approx(5 * 1_000_000 * (0.005 + 0.0004) / 1000)


def test_spot_makes_processing_cheaper_and_nothing_else() -> None:
    spot, demand = (cost(ONE, fargate=X86, gb_per_vcpu=2, spot_part=part) for part in (1, 0))
    processing = demand.fargate - spot.fargate
    assert spot.spot == pytest.approx(0.35 * processing)
    assert demand.total - spot.total == pytest.approx(processing - spot.spot)
    assert spot.fargate > 0, "upload and orchestrator never run on Spot"


def test_every_row_has_a_cost_for_each_column_and_a_total() -> None:
    costs = million(ONE, Architecture.X86_64, PROCESSOR)
    row = [each.strip() for each in line("1 MP", "web", ONE, costs).strip("|").split("|")]
    assert len(row) == len(HEADS)
    assert sum(map(float, row[5:-1])) == pytest.approx(float(row[-1]), abs=0.6)


def test_arm_is_a_fifth_cheaper_and_dearer_with_two_fifths_more_work() -> None:
    row = compared("1 MP", "web", {Architecture.X86_64: ONE, Architecture.ARM64: ONE}, PROCESSOR)
    size, preset, *cells = [each.strip() for each in row.strip("|").split("|")]
    assert (size, preset, len(cells)) == ("1 MP", "web", len(COMPARED_HEADS) - 2)
    assert cells[0] == cells[1]
    assert float(cells[3]) == pytest.approx(0.8 * float(cells[2]), rel=0.01)
    longer = replace(ONE, cpu_seconds=ONE.cpu_seconds * 1.4)
    on_arm, on_x86 = (
        million(each, architecture, PROCESSOR)
        for each, architecture in ((longer, Architecture.ARM64), (ONE, Architecture.X86_64))
    )
    assert on_arm.fargate + on_arm.spot > on_x86.fargate + on_x86.spot


def test_pillow_resamples_on_arm() -> None:
    picture = Image.effect_noise((640, 480), 50)
    asked = (picture, (320, 240), Image.Resampling.LANCZOS, (0.0, 0.0, 640.0, 480.0))
    with without_resampler():
        assert resampling.resample(*asked).tobytes() == picture.resize((320, 240), Image.Resampling.LANCZOS).tobytes()
        assert not vars(resize)["VECTORS"]
    assert vars(resize)["VECTORS"] == resampling.VECTORS


def test_the_measurement_counts_the_pipelines_results() -> None:
    measured = measure(photograph((320, 200)), load_presets()["thumbnails"], times=1)
    assert measured.variants == 4
    assert measured.cpu_seconds > 0
    assert 0 < measured.bytes_out < measured.bytes_in * 4

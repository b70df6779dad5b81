"""The arithmetic of costs."""

import pytest

from bench.costs import HEADS, Measured, cost, line, measure, photograph
from darkroom.recipes.presets import load_presets
from darkroom_cdk.stages import load

ONE = Measured(cpu_seconds=0.5, bytes_in=1_000_000, bytes_out=200_000, variants=4)


def test_twice_the_variants_are_twice_the_requests_but_one() -> None:
    two = Measured(cpu_seconds=0.5, bytes_in=1_000_000, bytes_out=200_000, variants=9)
    one, other = (cost(each, gb_per_vcpu=2, spot_part=0.8) for each in (ONE, two))
    # Five puts and five gets against ten of each.
    assert other.s3 - one.s3 == pytest.approx(5 * 1_000_000 * (0.005 + 0.0004) / 1000)


def test_spot_makes_processing_cheaper_and_nothing_else() -> None:
    spot, demand = (cost(ONE, gb_per_vcpu=2, spot_part=part) for part in (1, 0))
    processing = demand.fargate - spot.fargate
    assert spot.spot == pytest.approx(0.35 * processing)
    assert demand.total - spot.total == pytest.approx(processing - spot.spot)
    assert spot.fargate > 0, "upload and orchestrator never run on Spot"


def test_every_row_has_a_sum_for_each_head_and_their_total() -> None:
    row = [each.strip() for each in line("1 MP", "web", ONE, load("prod", {}).processor).strip("|").split("|")]
    assert len(row) == len(HEADS)
    assert sum(map(float, row[5:-1])) == pytest.approx(float(row[-1]), abs=0.6)


def test_what_is_measured_is_what_the_pipeline_makes() -> None:
    measured = measure(photograph((320, 200)), load_presets()["thumbnails"], times=1)
    assert measured.variants == 4
    assert measured.cpu_seconds > 0
    assert 0 < measured.bytes_out < measured.bytes_in * 4

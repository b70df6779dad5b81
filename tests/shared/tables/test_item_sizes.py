"""The cost of reading a job. DynamoDB reads whole items, so it depends on the size of the job's item."""

from dataclasses import replace

import pytest

from darkroom.limits import MAX_RECIPE_BYTES, MAX_VARIANTS
from darkroom.tables.details_item import details_item
from darkroom.tables.job_item import from_item, to_item
from darkroom.tables.recipe_item import recipe_item
from tests.support.dynamodb_rules import item_size, read_units
from tools.testbed.largest_jobs import largest_job, waiting_for_all


@pytest.mark.parametrize(("variants", "units"), [(1, 2), (4, 2), (8, 2), (MAX_VARIANTS, 5)])
def test_reading_the_largest_job_costs_few_units(variants: int, units: int) -> None:
    new, _ = largest_job(variants)
    for largest in (new.job, waiting_for_all(new)):
        job = replace(largest, published=True, public_bytes=2**40, deletion_began_at=largest.created_at)
        item = to_item(job) | {"write_token": {"S": "f" * 32}}
        assert read_units(item) <= units, item_size(item)
        assert from_item(item) == job


def test_recipe_and_details_are_items_of_their_own() -> None:
    new, details = largest_job(MAX_VARIANTS)
    assert item_size(recipe_item(new.job.job_id, new.recipe)) > 0.8 * MAX_RECIPE_BYTES
    assert item_size(details_item(new.job.job_id, details)) > item_size(to_item(new.job))

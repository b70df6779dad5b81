"""Statuses of a job, and their changes."""

from itertools import pairwise, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom.jobs import (
    OPEN,
    RETRYABLE,
    SOURCE_PART,
    JobStatus,
    VariantStatus,
    final_status,
    new_job_id,
    parts_of,
    unsettled,
)
from darkroom.recipes import Recipe, Variant, When

AWAITING, QUEUED, PROCESSING = JobStatus.AWAITING_UPLOAD, JobStatus.QUEUED, JobStatus.PROCESSING
COMPLETED, PARTIAL, FAILED = JobStatus.COMPLETED, JobStatus.PARTIALLY_COMPLETED, JobStatus.FAILED
CANCELLED, EXPIRED = JobStatus.CANCELLED, JobStatus.EXPIRED

LEGAL = {
    (AWAITING, QUEUED),
    (AWAITING, FAILED),
    (AWAITING, CANCELLED),
    (AWAITING, EXPIRED),
    (QUEUED, PROCESSING),
    (QUEUED, COMPLETED),
    (QUEUED, PARTIAL),
    (QUEUED, FAILED),
    (QUEUED, CANCELLED),
    (QUEUED, EXPIRED),
    (PROCESSING, COMPLETED),
    (PROCESSING, PARTIAL),
    (PROCESSING, FAILED),
    (PROCESSING, CANCELLED),
    (PROCESSING, EXPIRED),
    (PARTIAL, QUEUED),
    (FAILED, QUEUED),
}


@pytest.mark.parametrize(("before", "after"), [*product(JobStatus, JobStatus)])
def test_only_these_changes_of_status_are_allowed(before: JobStatus, after: JobStatus) -> None:
    assert before.may_become(after) == ((before, after) in LEGAL)


def test_open_statuses_are_those_that_still_change() -> None:
    assert {AWAITING, QUEUED, PROCESSING} == OPEN
    assert {status for status in JobStatus if status.is_open} == OPEN


def test_only_failures_can_be_retried() -> None:
    assert {FAILED, PARTIAL} == RETRYABLE
    assert {before for before, after in LEGAL if after is QUEUED and not before.is_open} == RETRYABLE


DONE, BROKEN = VariantStatus.COMPLETED, VariantStatus.FAILED


@pytest.mark.parametrize(
    ("variants", "described", "status"),
    [
        ([DONE], True, COMPLETED),
        ([DONE, DONE], False, COMPLETED),
        ([DONE, BROKEN], True, PARTIAL),
        ([BROKEN, DONE, BROKEN], False, PARTIAL),
        ([BROKEN], True, FAILED),
        ([BROKEN, BROKEN], False, FAILED),
        ([], True, COMPLETED),
        ([], False, FAILED),
    ],
)
def test_variants_decide_the_final_status_and_without_any_the_description_does(
    *, variants: list[VariantStatus], described: bool, status: JobStatus
) -> None:
    assert final_status(variants, described=described) is status


@given(variants=st.lists(st.sampled_from([DONE, BROKEN])), described=st.booleans())
def test_a_job_at_work_may_end_in_every_final_status(*, variants: list[VariantStatus], described: bool) -> None:
    assert PROCESSING.may_become(final_status(variants, described=described))


def test_job_ids_sort_by_time_of_creation() -> None:
    ids = [new_job_id() for _ in range(100)]
    assert all(one < next_one for one, next_one in pairwise(ids))
    assert {one[14] for one in ids} == {"7"}


def test_a_job_waits_for_each_variant_and_the_description() -> None:
    assert parts_of(unsettled(Recipe(variants=(Variant(name="a"), Variant(name="b"))))) == {SOURCE_PART, "a", "b"}
    assert parts_of({}) == {SOURCE_PART}


def test_a_job_does_not_wait_for_variants_on_request() -> None:
    states = unsettled(Recipe(variants=(Variant(name="a"), Variant(name="b", when=When.REQUESTED))))
    assert parts_of(states) == {SOURCE_PART, "a"}
    assert states["b"].status is VariantStatus.ON_REQUEST

"""Tests kill -9 during second runs: each has exactly one end, and leaves nothing over."""

import asyncio
from functools import partial
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.support.aws_proxy import Moment
from tests.system.faults.killing import CleanRun, Submit, clean_run, outcomes, run_again, submitted
from tests.system.faults.rig import Rig

SERVICES = ("upload", "orchestrator")
"""A processor does not know where an original came from."""


@pytest_asyncio.fixture(scope="module")
async def second_runs(rigs: list[Rig]) -> list[Submit]:
    """Return for each rig what makes second runs on an original that it has."""
    sources = [await submitted(rig, uuid4().hex) for rig in rigs]
    await asyncio.gather(*(rig.over(source) for rig, source in zip(rigs, sources, strict=True)))
    return [partial(run_again, original_of=source) for source in sources]


@pytest_asyncio.fixture(scope="module")
async def undisturbed(rigs: list[Rig], second_runs: list[Submit]) -> CleanRun:
    """Return a second run without faults."""
    return await clean_run(rigs[0], second_runs[0])


@pytest.mark.parametrize("service", SERVICES)
async def test_service_may_die_after_a_change_of_a_second_run_before_it_gets_the_answer(
    service: str, rigs: list[Rig], second_runs: list[Submit], undisturbed: CleanRun
) -> None:
    cases = [case for case in undisturbed.cases(service) if case.changes and case.moment is Moment.UNANSWERED]
    first = list({case.call: case for case in reversed(cases)}.values())
    assert {"CopyObject originals", "DeleteObjectTagging originals"} <= {case.call for case in first} or (
        service == "upload"
    )
    assert await outcomes(rigs, first, undisturbed, second_runs) == {}


@pytest.mark.exhaustive
@pytest.mark.parametrize("service", SERVICES)
async def test_second_run_completes_wherever_a_service_dies(
    service: str, rigs: list[Rig], second_runs: list[Submit], undisturbed: CleanRun
) -> None:
    cases = undisturbed.cases(service)
    assert await outcomes(rigs, cases, undisturbed, second_runs) == {}

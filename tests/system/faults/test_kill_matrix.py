"""kill -9 of each service at each of its calls to AWS: nothing is lost, nothing is done twice, nothing is left over.

The calls are those that the services made in a run that nobody restartable.
"""

import asyncio

import pytest
import pytest_asyncio

from tests.support.aws_proxy import Moment
from tests.system.faults.killing import Case, CleanRun, clean_run, end_without_repetition, killed_at
from tests.system.faults.rig import Rig

SERVICES = ("upload", "orchestrator", "processor")


@pytest_asyncio.fixture(scope="module")
async def undisturbed(rigs: list[Rig]) -> CleanRun:
    """How it is without a death."""
    return await clean_run(rigs[0])


async def outcomes(rigs: list[Rig], cases: list[Case], clean: CleanRun) -> dict[str, list[str]]:
    """What went wrong, by case."""
    left = iter(cases)
    wrong: dict[str, list[str]] = {}

    async def work(rig: Rig) -> None:
        for case in left:
            try:
                differences = await killed_at(rig, case, clean)
            except TimeoutError:
                differences = ["the job did not end"]
            if differences:
                wrong[str(case)] = differences

    await asyncio.gather(*(work(rig) for rig in rigs))
    return wrong


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_that_dies_over_a_change_it_does_not_know_was_made_harms_no_job(
    service: str, rigs: list[Rig], undisturbed: CleanRun
) -> None:
    """The part of the matrix with the worst moment of the calls that change something."""
    cases = [case for case in undisturbed.cases(service) if case.changes and case.moment is Moment.UNANSWERED]
    first = list({case.call: case for case in reversed(cases)}.values())
    assert await outcomes(rigs, first, undisturbed) == {}


@pytest.mark.exhaustive
async def test_an_upload_that_nobody_repeats_comes_to_one_end(rigs: list[Rig], undisturbed: CleanRun) -> None:
    """The sweeper starts the job when its bytes are there, and lets it expire when they are not."""
    ends = await asyncio.gather(
        end_without_repetition(rigs[0], "TransactWriteItems jobs+jobs"),
        end_without_repetition(rigs[1], "PutObject originals"),
    )
    assert [end.status for end in ends] == ["expired", "completed"]
    assert [end.evidence.pictures for end in ends] == [{}, undisturbed.evidence.pictures]
    assert [end.events for end in ends] == [1, 1]


@pytest.mark.exhaustive
@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_may_die_at_any_call(service: str, rigs: list[Rig], undisturbed: CleanRun) -> None:
    assert await outcomes(rigs, undisturbed.cases(service), undisturbed) == {}

"""kill -9 of each service at each of its calls to AWS: nothing is lost, nothing is done twice, nothing is left over.

The calls are those that the services made in a run that nobody disturbed.
"""

import asyncio

import pytest
import pytest_asyncio

from tests.support.aws_proxy import Moment
from tests.system.faults.arena import Arena
from tests.system.faults.killing import Case, CleanRun, clean_run, end_without_repetition, killed_at

SERVICES = ("upload", "orchestrator", "processor")


@pytest_asyncio.fixture(scope="module")
async def undisturbed(arenas: list[Arena]) -> CleanRun:
    """How it is without a death."""
    return await clean_run(arenas[0])


async def outcomes(arenas: list[Arena], cases: list[Case], clean: CleanRun) -> dict[str, list[str]]:
    """What went wrong, by case."""
    left = iter(cases)
    wrong: dict[str, list[str]] = {}

    async def work(arena: Arena) -> None:
        for case in left:
            try:
                differences = await killed_at(arena, case, clean)
            except TimeoutError:
                differences = ["the job did not end"]
            if differences:
                wrong[str(case)] = differences

    await asyncio.gather(*(work(arena) for arena in arenas))
    return wrong


@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_that_dies_over_a_change_it_does_not_know_was_made_harms_no_job(
    service: str, arenas: list[Arena], undisturbed: CleanRun
) -> None:
    """The part of the matrix with the worst moment of the calls that change something."""
    cases = [case for case in undisturbed.cases(service) if case.changes and case.moment is Moment.UNANSWERED]
    first = list({case.call: case for case in reversed(cases)}.values())
    assert await outcomes(arenas, first, undisturbed) == {}


@pytest.mark.exhaustive
async def test_an_upload_that_nobody_repeats_comes_to_one_end(arenas: list[Arena], undisturbed: CleanRun) -> None:
    """The sweeper starts the job when its bytes are there, and lets it expire when they are not."""
    ends = await asyncio.gather(
        end_without_repetition(arenas[0], "TransactWriteItems jobs+jobs"),
        end_without_repetition(arenas[1], "PutObject originals"),
    )
    assert [end.status for end in ends] == ["expired", "completed"]
    assert [end.evidence.pictures for end in ends] == [{}, undisturbed.evidence.pictures]
    assert [end.events for end in ends] == [1, 1]


@pytest.mark.exhaustive
@pytest.mark.parametrize("service", SERVICES)
async def test_a_service_may_die_at_any_call(service: str, arenas: list[Arena], undisturbed: CleanRun) -> None:
    assert await outcomes(arenas, undisturbed.cases(service), undisturbed) == {}

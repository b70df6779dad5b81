"""Tests kill -9 of each service at each of its calls to AWS: nothing is lost, done twice or left over.

The calls are those that the services make in a run without faults.
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
    """Return a run without faults."""
    return await clean_run(rigs[0])


async def outcomes(rigs: list[Rig], cases: list[Case], clean: CleanRun) -> dict[str, list[str]]:
    """Return what went wrong, by case."""
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
async def test_service_may_die_after_a_change_before_it_gets_the_answer(
    service: str, rigs: list[Rig], undisturbed: CleanRun
) -> None:
    """The service dies at the worst moment of each call that changes something."""
    cases = [case for case in undisturbed.cases(service) if case.changes and case.moment is Moment.UNANSWERED]
    first = list({case.call: case for case in reversed(cases)}.values())
    assert await outcomes(rigs, first, undisturbed) == {}


@pytest.mark.exhaustive
async def test_upload_that_is_not_repeated_has_one_end(rigs: list[Rig], undisturbed: CleanRun) -> None:
    """The sweeper starts the job if its original exists, and otherwise lets it expire."""
    ends = await asyncio.gather(
        end_without_repetition(rigs[0], "TransactWriteItems jobs+jobs"),
        end_without_repetition(rigs[1], "PutObject originals"),
    )
    assert [end.status for end in ends] == ["expired", "completed"]
    assert [end.evidence.pictures for end in ends] == [{}, undisturbed.evidence.pictures]
    assert [end.events for end in ends] == [1, 1]


@pytest.mark.exhaustive
@pytest.mark.parametrize("service", SERVICES)
async def test_service_may_die_at_any_call(service: str, rigs: list[Rig], undisturbed: CleanRun) -> None:
    assert await outcomes(rigs, undisturbed.cases(service), undisturbed) == {}

"""Tests kill -9 of each service at each of its calls to AWS: nothing is lost, done twice or left over.

The calls are those that the services make in a run without faults.
"""

import asyncio
from functools import partial
from uuid import uuid4

import pytest
import pytest_asyncio

from tests.support.aws_proxy import Moment
from tests.system.faults.killing import (
    CleanRun,
    Submit,
    clean_run,
    end_without_repetition,
    outcomes,
    run_again,
    submitted,
)
from tests.system.faults.rig import Rig

SERVICES = ("upload", "orchestrator", "processor")


@pytest_asyncio.fixture(scope="module")
async def undisturbed(rigs: list[Rig]) -> CleanRun:
    """Return a run without faults."""
    return await clean_run(rigs[0])


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


@pytest_asyncio.fixture(scope="module")
async def second_runs(rigs: list[Rig]) -> list[Submit]:
    """Return for each rig what makes second runs on an original that it has."""
    sources = [await submitted(rig, uuid4().hex) for rig in rigs]
    await asyncio.gather(*(rig.over(source) for rig, source in zip(rigs, sources, strict=True)))
    return [partial(run_again, original_of=source) for source in sources]


@pytest_asyncio.fixture(scope="module")
async def undisturbed_second_run(rigs: list[Rig], second_runs: list[Submit]) -> CleanRun:
    """Return a second run without faults."""
    return await clean_run(rigs[0], second_runs[0])


@pytest.mark.parametrize("service", ["upload", "orchestrator"])
async def test_service_may_die_after_a_change_of_a_second_run_before_it_gets_the_answer(
    service: str, rigs: list[Rig], second_runs: list[Submit], undisturbed_second_run: CleanRun
) -> None:
    cases = [
        case for case in undisturbed_second_run.cases(service) if case.changes and case.moment is Moment.UNANSWERED
    ]
    first = list({case.call: case for case in reversed(cases)}.values())
    assert {"CopyObject originals", "DeleteObjectTagging originals"} <= {case.call for case in first} or (
        service == "upload"
    )
    assert await outcomes(rigs[:1], first, undisturbed_second_run, second_runs[:1]) == {}


@pytest.mark.exhaustive
@pytest.mark.parametrize("service", SERVICES)
async def test_second_run_completes_wherever_a_service_dies(
    service: str, rigs: list[Rig], second_runs: list[Submit], undisturbed_second_run: CleanRun
) -> None:
    cases = undisturbed_second_run.cases(service)
    assert await outcomes(rigs[:1], cases, undisturbed_second_run, second_runs[:1]) == {}

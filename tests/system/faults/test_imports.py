"""Tests kill -9 during imports: each has exactly one end, and leaves nothing over."""

from collections.abc import AsyncIterator
from functools import partial

import pytest
import pytest_asyncio

from tests.support.aws_proxy import Moment
from tests.support.receiver import serving_image
from tests.system.faults.killing import PICTURE, CleanRun, Submit, clean_run, imported, outcomes
from tests.system.faults.rig import Rig

SERVICES = ("upload", "orchestrator")
"""A processor does not know where the original came from."""


@pytest_asyncio.fixture(scope="module")
async def submit() -> AsyncIterator[Submit]:
    """Serve the image, and return what imports it."""
    async with serving_image(PICTURE) as url:
        yield partial(imported, url=url)


@pytest_asyncio.fixture(scope="module")
async def undisturbed(rigs: list[Rig], submit: Submit) -> CleanRun:
    """Return an import without faults."""
    return await clean_run(rigs[0], submit)


@pytest.mark.parametrize("service", SERVICES)
async def test_service_may_die_after_a_change_of_an_import_before_it_gets_the_answer(
    service: str, rigs: list[Rig], undisturbed: CleanRun, submit: Submit
) -> None:
    cases = [case for case in undisturbed.cases(service) if case.changes and case.moment is Moment.UNANSWERED]
    first = list({case.call: case for case in reversed(cases)}.values())
    assert "PutObject originals" in {case.call for case in first} or service == "upload"
    assert await outcomes(rigs, first, undisturbed, [submit] * len(rigs)) == {}


@pytest.mark.exhaustive
@pytest.mark.parametrize("service", SERVICES)
async def test_import_completes_wherever_a_service_dies(
    service: str, rigs: list[Rig], undisturbed: CleanRun, submit: Submit
) -> None:
    assert await outcomes(rigs, undisturbed.cases(service), undisturbed, [submit] * len(rigs)) == {}

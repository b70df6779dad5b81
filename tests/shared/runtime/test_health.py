"""Liveness and readiness."""

import asyncio
from collections.abc import AsyncIterator

import httpx
import pytest
import pytest_asyncio
from botocore.exceptions import ClientError
from fastapi import FastAPI

from darkroom.errors import Unavailable
from darkroom.runtime import health
from darkroom.runtime.health import Readiness
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud


class Dependency:
    """A dependency of a service. It answers unless `failure` is set."""

    def __init__(self) -> None:
        self.failure: Exception | None = None
        self.asked = 0

    async def __call__(self) -> None:
        self.asked += 1
        if self.failure:
            raise self.failure


@pytest.fixture
def stop() -> asyncio.Event:
    return asyncio.Event()


@pytest.fixture
def dependency() -> Dependency:
    return Dependency()


@pytest_asyncio.fixture
async def client(dependency: Dependency, stop: asyncio.Event) -> AsyncIterator[httpx.AsyncClient]:
    app = FastAPI()
    app.include_router(health.router(Readiness({"s3": dependency, "sqs": Dependency()}, stop)))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://test") as client:
        yield client


async def test_a_service_is_ready_when_all_dependencies_answer(client: httpx.AsyncClient) -> None:
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ready"})


@pytest.mark.parametrize(
    ("failure", "says"),
    [
        (Unavailable("S3 cannot be reached."), "S3 cannot be reached."),
        (ClientError({"Error": {"Code": "AccessDenied", "Message": "secret"}}, "HeadBucket"), "refused: AccessDenied"),
        (TimeoutError(), "no answer within 2 s"),
    ],
)
async def test_a_service_is_not_ready_and_names_the_dependency_that_fails(
    failure: Exception, says: str, client: httpx.AsyncClient, dependency: Dependency
) -> None:
    dependency.failure = failure
    answer = await client.get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not_ready", "failures": {"s3": says}}
    assert answer.headers["retry-after"] == "1"


async def test_a_draining_service_is_alive_but_not_ready(client: httpx.AsyncClient, stop: asyncio.Event) -> None:
    stop.set()
    answer = await client.get("/readyz")
    assert (answer.status_code, answer.json()["failures"]) == (503, {"service": "draining"})
    assert (await client.get("/healthz")).json() == {"status": "ok"}


async def test_many_probes_make_one_check(client: httpx.AsyncClient, dependency: Dependency) -> None:
    answers = await asyncio.gather(*(client.get("/readyz") for _ in range(50)))
    assert {answer.status_code for answer in answers} == {200}
    assert dependency.asked == 1


async def test_liveness_checks_no_dependency(client: httpx.AsyncClient, dependency: Dependency) -> None:
    dependency.failure = Unavailable("S3 cannot be reached.")
    assert (await client.get("/healthz")).status_code == 200
    assert dependency.asked == 0


async def test_the_checks_tell_existing_resources_from_missing_ones(cloud: Cloud, installation: Installation) -> None:
    there = {
        "bucket": health.bucket_check(cloud.s3, installation.topology.originals.name),
        "queue": health.queue_check(cloud.sqs, installation.tasks.url),
        "table": health.table_check(cloud.dynamodb, installation.topology.jobs.name, "job_id"),
    }
    missing = {
        "bucket": health.bucket_check(cloud.s3, "nowhere"),
        "queue": health.queue_check(cloud.sqs, f"{installation.tasks.url}-nowhere"),
        "table": health.table_check(cloud.dynamodb, "nowhere", "job_id"),
    }
    assert await Readiness(there, asyncio.Event()).failures() == {}
    failures = await Readiness(missing, asyncio.Event()).failures()
    assert set(failures) == set(missing)
    assert all(failure.startswith("refused: ") for failure in failures.values())

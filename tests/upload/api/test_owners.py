"""Tests of every route in the OpenAPI document that names a job: another owner's job is not found."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest_asyncio

from darkroom.jobs import JobStatus, new_job_id
from darkroom_local.installation import Installation
from tests.support.cipher import encrypted
from tests.upload.examples import completed
from tests.upload.records import put_job
from tests.upload.service import STRANGER_KEY, RunningService, running_service, settings_for

_NAMES_OF_PRESETS = {"/recipes/{name}", "/recipes/{name}/versions"}
"""Paths with names of presets. `test_presets` tests that these are their owner's."""
_NEED_OBJECTS = ("/archive", "/markup", "/original", "/{filename}")
"""Ends of routes that answer only if the objects of a job exist, or if it is published. Their own tests cover them."""


@pytest_asyncio.fixture(scope="module")
async def asked() -> list[str]:
    """The requests that the orchestrator received."""
    return []


@pytest_asyncio.fixture(scope="module")
async def service(shared_installation: Installation, asked: list[str]) -> AsyncIterator[RunningService]:
    def orchestrator(request: httpx.Request) -> httpx.Response:
        asked.append(request.url.path)
        return httpx.Response(202)

    async with running_service(settings_for(shared_installation), orchestrator) as service:
        yield service


async def operations(service: RunningService) -> dict[str, dict[str, Any]]:
    """Return the operation of each route in the OpenAPI document."""
    paths: dict[str, dict[str, Any]] = (await service.client.get("/openapi.json")).json()["paths"]
    return {f"{method.upper()} {path}": told for path, methods in paths.items() for method, told in methods.items()}


async def routes(service: RunningService) -> dict[str, list[str]]:
    """Return each route with the parameters in its path."""
    return {
        route: [one["name"] for one in told.get("parameters", []) if one["in"] == "path"]
        for route, told in (await operations(service)).items()
    }


async def answer(service: RunningService, route: str, job_id: str, key: str) -> httpx.Response:
    method, path = route.split()
    path = path.format(job_id=job_id, name="square-64", filename="square-64.webp", action_id=new_job_id())
    return await service.client.request(method, path, headers={"x-api-key": key}, follow_redirects=False)


async def test_no_route_shows_or_changes_another_owners_job(service: RunningService, asked: list[str]) -> None:
    job = encrypted(completed(status=JobStatus.FAILED, callback_url="https://example.com/hook"))
    await put_job(service, job)
    about_jobs = [route for route, names in (await routes(service)).items() if "job_id" in names]
    assert len(about_jobs) >= 8
    nobodys = new_job_id()
    for route in about_jobs:
        others = await answer(service, route, job.job_id, STRANGER_KEY)
        missing = await answer(service, route, nobodys, STRANGER_KEY)
        assert (others.status_code, others.json()["code"]) == (404, "not_found"), route
        assert others.text.replace(job.job_id, "ID") == missing.text.replace(nobodys, "ID"), route
    assert asked == []
    assert await service.services.jobs.get(job.job_id) == job


async def test_the_owner_gets_an_answer_from_each_of_these_routes(service: RunningService) -> None:
    """Prove that the test above is about owners, and not about routes that find nothing for anyone."""
    job = encrypted(completed(callback_url="https://example.com/hook"))
    await put_job(service, job)
    for route, names in (await routes(service)).items():
        if "job_id" in names and not route.endswith(_NEED_OBJECTS):
            assert (await answer(service, route, job.job_id, service.client.headers["x-api-key"])).status_code < 400


async def test_paths_name_only_jobs_of_owners_and_parts_of_jobs(service: RunningService) -> None:
    """Fail if a path has another kind of id, which would need its own test."""
    for route, names in (await routes(service)).items():
        path = route.split()[1]
        assert path in _NAMES_OF_PRESETS or set(names) <= {"job_id", "name", "filename", "action_id"}, route
        assert "name" not in names or "job_id" in names or path in _NAMES_OF_PRESETS, route


async def test_only_public_routes_answer_without_a_key(service: RunningService) -> None:
    guarded = [route for route, told in (await operations(service)).items() if "security" in told]
    open_ones = set(await operations(service)) - set(guarded)
    assert open_ones == {
        "GET /healthz",
        "GET /readyz",
        "GET /config",
        "GET /public/{job_id}/{filename}",
        "POST /auth/login",
    }
    for route in guarded:
        for key in ("", "no-such-key"):
            refused = await answer(service, route, new_job_id(), key)
            assert (refused.status_code, refused.json()["code"]) == (401, "unauthenticated"), route

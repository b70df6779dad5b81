"""Tests of `POST /recipes/preview`. The tests play the orchestrator and the processor."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import uuid4

import httpx
import pytest
import pytest_asyncio

from darkroom import clock
from darkroom.accounts.allowances import KeyLimits, Rate
from darkroom.accounts.api_keys import Scope
from darkroom.formats import ImageFormat
from darkroom.jobs import Cost, Fault, Job, VariantResult
from darkroom.limits import PREVIEW_BYTES
from darkroom.object_keys import preview_stem
from darkroom.requested_images import RequestedImage, RequestId, RequestKind, deadline_of
from darkroom.tables.dynamodb import serialized
from darkroom.tables.request_item import outcome_values, request_key, request_values
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tests.upload.examples import completed
from tests.upload.records import put_job
from tests.upload.service import STRANGER_KEY, RunningService, put_key, running_service, settings_for

IMAGE = b"RIFF....WEBP"
SMALL: dict[str, Any] = {"operations": [{"op": "resize", "width": 64}], "output": {"format": "webp"}}


@dataclass
class Played:
    """An orchestrator and a processor that have an answer ready, and remember what they were asked."""

    cloud: Cloud
    installation: Installation
    name: str = field(default_factory=lambda: str(uuid4()))
    asked: list[dict[str, Any]] = field(default_factory=list)
    discarded: list[str] = field(default_factory=list)
    refusal: httpx.Response | None = None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        """Answer a request to the orchestrator."""
        if request.method == "DELETE":
            self.discarded.append(request.url.path)
            return httpx.Response(204)
        self.asked.append(json.loads(request.content))
        return self.refusal or httpx.Response(202, json={"name": self.name})

    async def settle(self, job: Job, *, fault: Fault | None = None, size: int = len(IMAGE)) -> None:
        """Store the image and tell who waits, or tell the fault."""
        request_id = RequestId(job_id=job.job_id, kind=RequestKind.PREVIEW, name=self.name)
        image = RequestedImage(id=request_id, owner=job.owner, token="t", deadline=deadline_of(clock.now()))
        result = VariantResult(
            key=f"{preview_stem(job.job_id, self.name)}.webp",
            format=ImageFormat.WEBP,
            size=size,
            width=64,
            height=48,
            sha256="",
        )
        topology = self.installation.topology
        await self.cloud.s3.put_object(Bucket=topology.results.name, Key=result.key, Body=IMAGE)
        values = request_values(image) | outcome_values(None if fault else result, fault, Cost(cpu_ms=17))
        await self.cloud.dynamodb.put_item(
            TableName=topology.jobs.name, Item=request_key(request_id) | serialized(values)
        )


@pytest.fixture
def played(cloud: Cloud, shared_installation: Installation) -> Played:
    """What the service asks."""
    return Played(cloud, shared_installation)


@pytest_asyncio.fixture
async def service(played: Played) -> AsyncIterator[RunningService]:
    """A service over the played orchestrator."""
    async with running_service(settings_for(played.installation), played) as service:
        yield service


async def ask(service: RunningService, job_id: str, variant: Any = SMALL, key: str | None = None) -> httpx.Response:
    headers = {"x-api-key": key} if key else {}
    return await service.client.post("/recipes/preview", json={"job_id": job_id, "variant": variant}, headers=headers)


async def test_a_preview_is_the_image_itself(service: RunningService, played: Played) -> None:
    job = await put_job(service, completed())
    await played.settle(job)
    answer = await ask(service, job.job_id)
    assert (answer.status_code, answer.content) == (200, IMAGE)
    headers = {name: answer.headers[name] for name in ("content-type", "cache-control", "x-darkroom-cpu-ms")}
    assert headers == {"content-type": "image/webp", "cache-control": "no-store", "x-darkroom-cpu-ms": "17"}
    assert (answer.headers["x-darkroom-width"], answer.headers["x-darkroom-height"]) == ("64", "48")
    [asked] = played.asked
    assert asked["variant"]["name"] == "preview"
    assert asked["variant"]["operations"][0]["width"] == 64
    assert asked["charge"] is None
    await until(lambda: played.discarded == [f"/api/jobs/{job.job_id}/previews/{played.name}"])


async def test_a_preview_counts_as_a_job_without_bytes(cloud: Cloud, service: RunningService, played: Played) -> None:
    job = await put_job(service, completed())
    await played.settle(job)
    key, limits = "limited-key", KeyLimits(jobs_per_day=5)
    await put_key(cloud.dynamodb, played.installation, key, job.owner, limits=limits)
    assert (await ask(service, job.job_id, key=key)).status_code == 200
    [asked] = played.asked
    assert (asked["charge"]["jobs_per_day"], asked["charge"]["size"]) == (5, 0)


@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        (Fault(code="output_limit", message="The limit is 4000000."), 422, "image_not_made"),
        (Fault(code="undecodable_image", message="No decoder can read it."), 422, "image_not_made"),
        (Fault(code="source_gone", message="It was deleted."), 410, "original_gone"),
        (Fault(code="unavailable", message="It could not be made in time."), 503, "unavailable"),
    ],
)
async def test_a_preview_that_cannot_be_made_says_why(
    service: RunningService, played: Played, fault: Fault, status: int, code: str
) -> None:
    job = await put_job(service, completed())
    await played.settle(job, fault=fault)
    answer = await ask(service, job.job_id)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    if status == 422:
        assert (answer.json()["detail"], answer.json()["fault"]) == (fault.message, fault.code)
    assert len(played.discarded) == 1


async def test_a_preview_with_too_many_bytes_is_refused(service: RunningService, played: Played) -> None:
    job = await put_job(service, completed())
    await played.settle(job, size=PREVIEW_BYTES + 1)
    problem = (await ask(service, job.job_id)).json()
    assert (problem["status"], problem["fault"], problem["limit"]) == (422, "output_limit", PREVIEW_BYTES)
    assert len(played.discarded) == 1


async def test_the_faults_of_a_variant_have_pointers_into_the_request(service: RunningService, played: Played) -> None:
    job = await put_job(service, completed())
    answer = await ask(service, job.job_id, {"output": {"format": "webp", "quality": 101}})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_recipe")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/variant/output/quality"]
    watermark = {"op": "watermark", "image": {"job_id": str(uuid4()), "variant": "logo"}}
    answer = await ask(service, job.job_id, {"operations": [watermark]})
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/variant/operations/0/image/job_id"]
    assert played.asked == []


async def test_a_job_of_another_owner_has_no_preview(service: RunningService, played: Played) -> None:
    job = await put_job(service, completed())
    for answer in (await ask(service, job.job_id, key=STRANGER_KEY), await ask(service, "no-id")):
        assert answer.status_code == 404
    assert played.asked == []


@pytest.mark.parametrize("body", ["[]", '{"variant": {}}', '{"job_id": "x", "variant": []}', "{"])
async def test_a_malformed_request_is_refused(service: RunningService, body: str) -> None:
    headers = {"content-type": "application/json"}
    answer = await service.client.post("/recipes/preview", content=body, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")


async def test_an_original_that_has_not_arrived_is_a_conflict(service: RunningService, played: Played) -> None:
    job = await put_job(service, completed())
    played.refusal = httpx.Response(409, json={"code": "conflict", "detail": "Its original has not arrived yet."})
    answer = await ask(service, job.job_id)
    assert (answer.status_code, answer.json()["detail"]) == (409, "Its original has not arrived yet.")


async def test_a_preview_needs_both_scopes(
    cloud: Cloud, shared_installation: Installation, service: RunningService, played: Played
) -> None:
    job = await put_job(service, completed())
    for scope in (Scope.READ, Scope.UPLOAD):
        key = f"only-{scope}"
        await put_key(cloud.dynamodb, shared_installation, key, job.owner, scopes=frozenset({scope}))
        answer = await ask(service, job.job_id, key=key)
        assert answer.status_code == 403
    assert played.asked == []


async def test_previews_over_the_owners_rate_are_refused(service: RunningService, played: Played) -> None:
    job = await put_job(service, completed())
    await played.settle(job)
    rate = replace(service.services.preview_rate, rate=Rate(per_second=0.001, burst=1))
    async with running_service(service.settings, played, changes={"preview_rate": rate}) as slow:
        assert (await ask(slow, job.job_id)).status_code == 200
        answer = await ask(slow, job.job_id)
    assert (answer.status_code, answer.json()["code"]) == (429, "rate_limited")
    assert int(answer.headers["retry-after"]) > 0
    assert len(played.asked) == 1


async def test_previews_beyond_the_owners_slots_are_refused(service: RunningService, played: Played) -> None:
    job = await put_job(service, completed())
    slots = service.services.preview_slots
    with slots.slot(job.owner):
        slots._free = 0
        answer = await ask(service, job.job_id)
        slots._free = 1
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert "previews" in answer.json()["detail"]
    assert answer.headers["retry-after"]
    assert played.asked == []

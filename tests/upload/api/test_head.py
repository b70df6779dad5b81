"""Tests of HEAD, which monitors and link checkers send."""

import pytest

from darkroom.tables.job_item import to_item
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.support.waiting import until
from tests.upload.examples import waiting
from tests.upload.service import RunningService, running_service, settings_for

DESCRIBING = ("allow", "cache-control", "content-length", "content-type", "etag")


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/docs", "/openapi.json", "/recipes/web", "/jobs", "/nothing"])
async def test_head_is_answered_as_get_without_the_body(upload: RunningService, path: str) -> None:
    head, get = await upload.client.head(path), await upload.client.get(path)
    assert (head.status_code, head.content) == (get.status_code, b"")
    assert [head.headers.get(name) for name in DESCRIBING] == [get.headers.get(name) for name in DESCRIBING]


async def test_the_head_of_a_stream_ends_it(cloud: Cloud, shared_installation: Installation) -> None:
    job = waiting()
    await cloud.dynamodb.put_item(TableName=shared_installation.topology.jobs.name, Item=to_item(job))
    async with running_service(settings_for(shared_installation, max_event_streams=1)) as service:

        async def admitted() -> bool:
            return (await service.client.head(f"/jobs/{job.job_id}/events")).status_code == 200

        assert await admitted()
        await until(admitted)


async def test_a_path_without_get_has_no_head(upload: RunningService) -> None:
    answer = await upload.client.head("/uploads")
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")

"""Tests of `GET /usage?days=`."""

from dataclasses import replace
from datetime import timedelta

import httpx
import pytest

from darkroom import clock
from darkroom.jobs import new_job_id
from darkroom.tables.usage_history import Used, history_write
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.upload.examples import completed
from tests.upload.service import RunningService, put_key


async def test_history_has_every_day_with_totals_and_each_caller(
    cloud: Cloud, shared_installation: Installation, upload: RunningService
) -> None:
    key, owner = f"key-{new_job_id()}", f"owner-{new_job_id()}"
    await put_key(cloud.dynamodb, shared_installation, key, owner)
    table, today = shared_installation.topology.accounts.name, clock.now()
    for ago, caller, jobs in ((0, "dk_a", 2), (0, "dk_b", 3), (1, "dk_a", 1), (40, "dk_a", 9)):
        for _ in range(jobs):
            job = replace(completed(owner=owner), created_by=caller)
            used = Used(jobs=1, bytes_in=10, bytes_stored=20, cpu_ms=30)
            write = history_write(table, job, used, today - timedelta(days=ago))
            await cloud.dynamodb.transact_write_items(TransactItems=[write])
    async with httpx.AsyncClient(base_url=upload.url, headers={"x-api-key": key}, trust_env=False) as client:
        history = (await client.get("/usage", params={"days": 3})).json()["history"]
        assert (await client.get("/usage")).json()["history"] is None
    days = [(today - timedelta(days=ago)).date().isoformat() for ago in (2, 1, 0)]
    assert [(day["day"], day["jobs"]) for day in history] == list(zip(days, (0, 1, 5), strict=True))
    assert history[0] == {"day": days[0], "jobs": 0, "bytes_in": 0, "bytes_stored": 0, "cpu_ms": 0, "by_key": []}
    assert [(each["key"], each["jobs"]) for each in history[2]["by_key"]] == [("dk_b", 3), ("dk_a", 2)]
    assert (history[2]["bytes_in"], history[2]["bytes_stored"], history[2]["cpu_ms"]) == (50, 100, 150)


@pytest.mark.parametrize("days", ["0", "91", "x", ""])
async def test_number_of_days_is_limited(cloud: Cloud, upload: RunningService, days: str) -> None:
    answer = await upload.client.get("/usage", params={"days": days})
    assert (answer.status_code, answer.json()["code"]) == (400, "malformed_request")

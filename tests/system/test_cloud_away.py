"""Tests that clients get clear errors while AWS is unavailable."""

import asyncio

import pytest

from darkroom.topology import Topology
from darkroom_local.bootstrap import DEVELOPMENT_KEY, bootstrap
from darkroom_local.clients import open_clients
from darkroom_local.emulator import running_emulator
from darkroom_local.log import Log
from darkroom_local.system import running_system
from tests.support.api import open_api
from tools.testbed.images import jpeg

pytestmark = pytest.mark.emulator

CAT = jpeg(40, 30)
NAME = "cat-of-a-client.jpg"
"""Name of a file. An error of the S3 client may contain the object's URL, and so this name."""
SIGNED = ("Signature=", "Credential=", "x-amz-security-token")
"""Texts by which signed requests and links are recognised."""


async def test_clients_are_told_to_retry_while_aws_is_unavailable() -> None:
    log = Log()
    async with running_emulator(sink=log.append) as emulator, open_clients(emulator.endpoint_url) as clients:
        installation = await bootstrap(clients, Topology.named("away"), endpoint_url=emulator.endpoint_url)
        async with (
            running_system(installation, environment={"DARKROOM_LOG_LEVEL": "DEBUG"}) as system,
            open_api(system.url, DEVELOPMENT_KEY) as api,
        ):
            job = await api.made(CAT, filename=NAME)
            emulator.child.kill()
            await emulator.child.wait()
            answers = await asyncio.gather(
                api.http.post("/uploads", files={"file": (NAME, CAT)}),
                api.http.post("/uploads/presigned", json={"content_type": "image/jpeg", "size": 9}),
                api.http.get(f"/status/{job['job_id']}"),
                api.http.get("/jobs"),
                api.http.delete(f"/jobs/{job['job_id']}"),
            )
            assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [(503, "unavailable")] * 5
            assert all(int(answer.headers["retry-after"]) > 0 for answer in answers)
            assert not [answer.text for answer in answers if str(emulator.endpoint_url) in answer.text]
            for service in system.services:
                assert (await api.http.get(f"{service.url}/healthz")).status_code == 200
                ready = await api.http.get(f"{service.url}/readyz")
                assert ready.status_code == 503
                assert ready.json()["failures"]
                assert service.is_running
            logs = [service.log for service in system.services]
            assert all(log.find('"level": "warning"') for log in logs), "the logs say what is wrong"
            leaked = [line for log in logs for secret in (DEVELOPMENT_KEY, NAME, *SIGNED) for line in log.find(secret)]
            assert leaked == [], "the logs contain no secret, even at level DEBUG"

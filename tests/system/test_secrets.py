"""Tests that the logs contain no secret and no data of clients, also after refusals and failures.

The level is DEBUG, which includes all other levels.
"""

import json
from collections.abc import AsyncIterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest_asyncio

from darkroom import clock
from darkroom.accounts.api_keys import ApiKey, generate
from darkroom.jobs import new_job_id
from darkroom.tables.api_key_table import KeyTable
from darkroom_local.bootstrap import DEVELOPMENT_KEY
from darkroom_local.ports import LOOPBACK, free_ports
from darkroom_local.system import System, running_system
from tests.support.api import Api, open_api
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.support.receiver import receiving
from tests.support.waiting import until
from tools.testbed.images import jpeg

CAT = jpeg(40, 30)
DEVELOPMENT_PASSWORD = "demo-password"
PRIVATE = {name: f"{name}-4d61b3f7" for name in ("filename", "metadata", "token", "idempotency", "password", "cookie")}
"""Private data that the client sends, by the field that it is sent in."""


@pytest_asyncio.fixture
async def outspoken(cloud: Cloud) -> AsyncIterator[System]:
    """Run a system that logs at level DEBUG."""
    environment = {"DARKROOM_LOG_LEVEL": "DEBUG"}
    async with cloud.installation() as installation, running_system(installation, environment=environment) as system:
        yield system


def signature(url: str) -> str:
    """Return the signature of a link."""
    return parse_qs(urlsplit(url).query)["X-Amz-Signature"][0]


async def own_key(cloud: Cloud, system: System) -> str:
    key = generate()
    kept = ApiKey.of(key, owner="discreet", name="test", created_at=clock.now())
    await KeyTable(cloud.dynamodb, system.installation.topology.accounts.name, CIPHER).put(kept)
    return key


async def pictures(api: Api, callback_url: str, data: bytes) -> dict[str, Any]:
    """Upload an image with a callback URL, and return the job after its webhook."""
    fields = {
        "recipe": "grayscale",
        "metadata": json.dumps({PRIVATE["metadata"]: PRIVATE["metadata"]}),
        "callback_url": callback_url,
    }
    answer = await api.http.post(
        "/uploads",
        files={"file": (f"{PRIVATE['filename']}.jpg", data)},
        data=fields,
        headers={"Idempotency-Key": PRIVATE["idempotency"] + str(len(data)), "Cookie": f"x={PRIVATE['cookie']}"},
    )
    assert answer.status_code == 202, answer.text
    return await api.ended(answer.json()["job_id"])


async def by_other_ways(cloud: Cloud, system: System, api: Api) -> None:
    """Send files of that name as a body, by a presigned form, as a drop, and in unreadable messages."""
    name, token = f"{PRIVATE['filename']}.jpg", PRIVATE["token"]
    query = {"filename": name, "recipe": "grayscale", "callback_url": f"http://nobody.invalid/{token}?token={token}"}
    answer = await api.http.post("/uploads", params=query, content=CAT, headers={"Content-Type": "image/jpeg"})
    assert answer.status_code == 202, answer.text
    await api.ended(answer.json()["job_id"])
    form = {"filename": name, "content_type": "image/jpeg", "size": len(CAT), "recipe": "grayscale"}
    begun = (await api.http.post("/uploads/presigned", json=form)).json()
    async with httpx.AsyncClient(trust_env=False) as client:
        fields, url = begun["upload"]["fields"], begun["upload"]["url"]
        assert (await client.post(url, data=fields, files={"file": (name, CAT)})).is_success
    await api.ended(begun["job_id"])
    topology = system.installation.topology
    await cloud.s3.put_object(Bucket=topology.originals.name, Key=f"incoming/grayscale/{name}", Body=CAT)
    await cloud.s3.put_object(Bucket=topology.originals.name, Key=f"incoming/unknown/{name}", Body=CAT)
    body = json.dumps({"type": "task.process", "key": name, "callback_url": f"https://hooks.example/{token}"})
    queues = [system.installation.uploads, system.installation.tasks, system.installation.reports]
    for queue in [*queues, system.installation.notifications]:
        await cloud.sqs.send_message(QueueUrl=queue.url, MessageBody=body)


async def session(system: System) -> list[str]:
    """Log in and return the secrets of the login and the session."""
    async with httpx.AsyncClient(base_url=system.url, headers={"Origin": system.url}, trust_env=False) as browser:
        known = await browser.post("/auth/login", json={"name": "demo", "password": DEVELOPMENT_PASSWORD})
        assert known.status_code == 200, known.text
        csrf_token = known.json()["csrf_token"]
        assert (await browser.get("/jobs", params={"limit": 1})).status_code == 200
        assert (await browser.post("/auth/logout", headers={"X-CSRF-Token": "wrong"})).status_code == 403
        assert (await browser.post("/auth/logout", headers={"X-CSRF-Token": csrf_token})).status_code == 204
        (cookie,) = known.headers.get_list("set-cookie")
    return [DEVELOPMENT_PASSWORD, csrf_token, cookie.partition("=")[2].partition(";")[0]]


async def refusals(system: System, api: Api) -> None:
    """Make requests that are refused, and whose data a service might log."""
    guess, private = f"guess-{PRIVATE['token']}", PRIVATE["token"]
    async with httpx.AsyncClient(base_url=system.url, trust_env=False) as stranger:
        await stranger.get("/jobs", headers={"x-api-key": guess, "Authorization": f"Bearer {private}"})
        await stranger.post("/auth/login", json={"name": private, "password": PRIVATE["password"]})
        await stranger.get(f"/status/{new_job_id()}?{private}={private}", headers={"Cookie": f"a={PRIVATE['cookie']}"})
    multipart = {"Content-Type": "multipart/form-data; boundary=b"}
    await api.http.post("/uploads", content=f"--b\r\n{private}", headers=multipart)
    await api.http.post("/uploads", content=f"--b\r\nx: {private}\0\r\n\r\n", headers=multipart)
    await api.http.post("/uploads", files={"file": CAT}, data={"recipe": private})
    await api.http.post("/uploads", files={"file": CAT}, data={"callback_url": f"ftp://x/?token={private}"})
    await api.http.post("/uploads/presigned", json={"content_type": private, "size": private, private: private})
    await api.http.get("/jobs", params={"cursor": private})


async def test_no_log_contains_a_secret_or_data_of_a_client(cloud: Cloud, outspoken: System) -> None:
    system = outspoken
    key = await own_key(cloud, system)
    secrets = [key, DEVELOPMENT_KEY, *PRIVATE.values()]
    (nobody,) = free_ports(1)
    async with receiving(500, 204) as receiver, open_api(system.url, key) as api:
        rotated = [(await api.http.post("/webhooks/secret/rotate")).json()["secret"] for _ in range(2)]
        secrets += [secret.removeprefix("whsec_") for secret in rotated]
        job = await pictures(api, f"{receiver.url}/{PRIVATE['token']}?token={PRIVATE['token']}", CAT)
        failed = await pictures(api, f"http://{LOOPBACK}:{nobody}/?token={PRIVATE['token']}", CAT[:300])
        picture = await api.http.get(f"/jobs/{job['job_id']}/variants/grayscale")
        secrets += [signature(job["variants"][0]["url"]), signature(picture.headers["location"])]
        form = (await api.http.post("/uploads/presigned", json={"content_type": "image/jpeg", "size": 1})).json()
        secrets += [form["upload"]["fields"]["x-amz-signature"], form["upload"]["fields"]["policy"]]
        assert (await api.http.get(f"/jobs/{job['job_id']}/archive")).status_code == 200
        secrets += await session(system)
        await refusals(system, api)
        requests = await receiver.until(1)
        secrets.append(requests[0].headers["webhook-signature"].removeprefix("v1,"))

        async def both_are_written_down() -> bool:
            answers = [await api.http.get(f"/jobs/{one['job_id']}/deliveries") for one in (job, failed)]
            return all(answer.json()["attempts"] for answer in answers)

        await until(both_are_written_down)
        await by_other_ways(cloud, system, api)
        unreadable = [system.orchestrator.log, system.processors[0].log]
        await until(lambda: sum(len(log.find("Poison")) for log in unreadable) >= 4)
        assert (await api.http.post(f"/jobs/{failed['job_id']}/retry")).status_code == 202
        assert (await api.http.delete(f"/jobs/{job['job_id']}")).status_code == 204
    assert all(len(secret) > 10 for secret in secrets)
    logs = {service.name: service.log for service in system.services}
    assert logs["upload"].find(job["job_id"]), "there are logs"
    assert [(name, line) for name, log in logs.items() for secret in secrets for line in log.find(secret)] == []

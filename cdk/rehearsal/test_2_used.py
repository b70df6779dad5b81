"""Tests of the services at work, each with its role."""

import asyncio
import io
import json
import re
import zipfile
from typing import Final

import boto3
import httpx
from click.testing import CliRunner

from darkroom_cli.main import darkroom
from darkroom_local.service import Service
from rehearsal.forbidden import ORIGINALS, RESULTS
from rehearsal.tasks import secret
from tests.support.api import Api
from tools.testbed.images import jpeg

PASSWORD: Final = "a password of four words"


async def test_a_job_completes_while_each_service_uses_its_own_role(api: Api) -> None:
    job = await api.made(jpeg(640, 480), "augment")
    assert job["status"] == "completed", job
    pictures = await api.pictures(job)
    assert {name: picture.size for name, picture in pictures.items()} == dict.fromkeys(pictures, (256, 256))
    assert len(pictures) == 5


async def test_results_can_be_read_for_watermarks_and_archives(api: Api) -> None:
    logo = await api.made(jpeg(64, 48), "grayscale")
    image = {"job_id": logo["job_id"], "variant": "grayscale"}
    recipe = {"variants": [{"name": "stamped", "operations": [{"op": "watermark", "image": image}]}]}
    job = await api.made(jpeg(320, 200), json.dumps(recipe))
    assert job["status"] == "completed", job
    archive = await api.http.get(f"/jobs/{job['job_id']}/archive")
    assert archive.status_code == 200, archive.text
    with zipfile.ZipFile(io.BytesIO(archive.content)) as unpacked:
        assert unpacked.namelist() == ["cat-stamped.jpg"]


async def test_a_large_upload_is_stored_in_parts(api: Api) -> None:
    noise = b"\0" * 6_000_000
    job = await api.made(jpeg(640, 480) + noise, "thumbnails")
    assert job["status"] == "completed", job


async def test_a_drop_becomes_a_job(api: Api) -> None:
    before = {job["job_id"] for job in (await api.http.get("/jobs")).json()["items"]}
    boto3.client("s3").put_object(Bucket=ORIGINALS, Key="incoming/thumbnails/drop.jpg", Body=jpeg(320, 200))
    job_id = await _new_job(api, before)
    assert (await api.ended(job_id))["status"] == "completed"


async def test_presets_of_the_owner_are_put_used_and_deleted(api: Api) -> None:
    for width in (100, 200):
        card = {"variants": [{"name": "card", "operations": [{"op": "resize", "width": width}]}]}
        assert (await api.http.put("/recipes/card", json=card)).is_success
    before = {job["job_id"] for job in (await api.http.get("/jobs")).json()["items"]}
    boto3.client("s3").put_object(Bucket=ORIGINALS, Key="incoming/card@1/card.jpg", Body=jpeg(320, 200))
    dropped = await api.ended(await _new_job(api, before))
    assert (dropped["status"], dropped["preset"]) == ("completed", {"name": "card", "version": 1})
    job = await api.made(jpeg(320, 200), "card")
    assert (job["status"], job["variants"][0]["width"]) == ("completed", 200)
    assert (await api.http.delete("/recipes/card")).status_code == 204
    assert (await api.http.get("/recipes/card")).status_code == 404


async def test_a_presigned_form_uploads_to_the_bucket(api: Api) -> None:
    data = jpeg(320, 200)
    wanted = {"filename": "form.jpg", "content_type": "image/jpeg", "size": len(data), "recipe": "thumbnails"}
    answer = await api.http.post("/uploads/presigned", json=wanted)
    assert answer.status_code == 201, answer.text
    form = answer.json()["upload"]
    async with httpx.AsyncClient() as anyone:
        sent = await anyone.post(form["url"], data=form["fields"], files={"file": ("form.jpg", data, "image/jpeg")})
    assert sent.is_success, sent.text
    assert (await api.ended(answer.json()["job_id"]))["status"] == "completed"


async def test_an_owner_gets_and_changes_the_secret_of_webhooks(api: Api) -> None:
    first = (await api.http.get("/webhooks/secret")).json()
    assert (await api.http.get("/webhooks/secret")).json() == first
    changed = await api.http.post("/webhooks/secret/rotate")
    assert changed.status_code == 200, changed.text
    assert changed.json() != first


async def test_a_user_created_by_an_operator_logs_in_and_out(services: dict[str, Service]) -> None:
    words = ["users", "create", "ann", "--owner", "demo", "--password", PASSWORD]
    shell = CliRunner(
        env={"DARKROOM_ACCOUNTS_TABLE": "darkroom-dev-accounts", "DARKROOM_DATA_KEYS": secret("darkroom-dev/data-keys")}
    )
    made = await asyncio.to_thread(shell.invoke, darkroom, words)
    assert made.exit_code == 0, (made.output, made.exception)
    async with httpx.AsyncClient(base_url=services["upload"].url, timeout=60, trust_env=False) as http:
        # The second login ends the first session.
        for _ in range(2):
            entered = await http.post("/auth/login", json={"name": "ann", "password": PASSWORD})
            assert entered.status_code == 200, entered.text
            # Set by hand: a client does not send a Secure cookie without TLS.
            http.headers["cookie"] = entered.headers["set-cookie"].partition(";")[0]
            http.headers["x-csrf-token"] = entered.json()["csrf_token"]
        assert (await http.get("/jobs")).status_code == 200
        assert (await http.post("/auth/logout", json={"everywhere": True})).status_code == 204
        assert (await http.get("/auth/me")).status_code == 401


async def test_operators_see_and_redrive_every_queue(services: dict[str, Service]) -> None:
    async with httpx.AsyncClient(base_url=services["orchestrator"].url, timeout=60, trust_env=False) as http:
        assert len((await http.get("/api/queues")).json()["queues"]) == 5
        for queue in ("uploads", "imports", "tasks", "reports"):
            answer = await http.post(f"/api/dlq/{queue}/redrive")
            assert (answer.status_code, answer.json()) == (202, {"moved": 0}), queue


async def test_a_replayed_upload_is_the_same_job(api: Api) -> None:
    first = await api.upload(jpeg(64, 64), **{"Idempotency-Key": "once"})
    again = await api.upload(jpeg(64, 64), **{"Idempotency-Key": "once"})
    assert first["job_id"] == again["job_id"]


async def test_a_deleted_job_goes_with_its_objects(api: Api) -> None:
    job = await api.made(jpeg(64, 64), "thumbnails")
    answer = await api.http.delete(f"/jobs/{job['job_id']}")
    assert answer.status_code == 204, answer.text
    found = boto3.client("s3").list_object_versions(Bucket=RESULTS)
    assert not [each for each in found.get("Versions", []) if job["job_id"] in each["Key"]]


def test_no_service_was_refused_a_call(services: dict[str, Service]) -> None:
    refusals = [
        (name, found)
        for name, service in services.items()
        for found in re.findall(r"not authorized to perform: .{0,120}", str(service.log))
    ]
    assert refusals == []


async def _new_job(api: Api, before: set[str]) -> str:
    """Wait for a job that is not in `before`, and return its id."""
    async with asyncio.timeout(30):
        while True:
            now = {str(job["job_id"]) for job in (await api.http.get("/jobs")).json()["items"]}
            if now - before:
                return (now - before).pop()
            await asyncio.sleep(0.2)

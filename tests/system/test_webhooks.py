"""Tests webhooks of a running system, with a receiver on the same machine."""

import re
import sys
from pathlib import Path

import httpx
import pytest
from standardwebhooks import Webhook

from darkroom_local.child import Child
from darkroom_local.ports import free_ports
from tests.support.api import Api
from tests.support.receiver import receiving
from tests.support.waiting import until
from tools.testbed.images import jpeg

CAT = jpeg(40, 30)


async def submit(api: Api, callback_url: str, data: bytes = CAT) -> str:
    """Upload an image with this callback URL, and return the job's ID."""
    answer = await api.http.post(
        "/uploads",
        files={"file": ("cat.jpg", data)},
        data={"recipe": "grayscale", "callback_url": callback_url, "metadata": '{"album": "holidays"}'},
    )
    assert answer.status_code == 202, answer.text
    return str(answer.json()["job_id"])


async def deliveries(api: Api, job_id: str) -> list[tuple[int, int | None, str | None]]:
    """Return attempt, status and error of each delivery, newest first."""
    answer = await api.http.get(f"/jobs/{job_id}/deliveries")
    assert answer.status_code == 200, answer.text
    return [(one["attempt"], one["status"], one["error"]) for one in answer.json()["attempts"]]


async def test_end_of_a_job_is_sent_signed_and_again_by_a_replay(newcomer: Api) -> None:
    secret = (await newcomer.http.get("/webhooks/secret")).json()["secret"]
    async with receiving() as receiver:
        job_id = await submit(newcomer, receiver.url)
        (request,) = await receiver.until(1)
        body = Webhook(secret).verify(request.body, request.headers)
        assert (body["type"], body["data"]["job_id"]) == ("job.completed", job_id)
        assert body["data"]["progress"] == {"done": 1, "failed": 0, "total": 1}
        assert body["data"]["metadata"] == {"album": "holidays"}
        status = await newcomer.http.get(body["data"]["status_url"])
        assert status.json()["status"] == "completed", "the status is up to date when the webhook arrives"

        assert (await newcomer.http.post(f"/jobs/{job_id}/deliveries/replay")).status_code == 202
        _, again = await receiver.until(2)
        assert Webhook(secret).verify(again.body, again.headers) == body

        async def both_are_written_down() -> bool:
            return await deliveries(newcomer, job_id) == [(1, 204, None)] * 2

        await until(both_are_written_down)


async def test_webhook_of_a_failed_job_says_why(newcomer: Api) -> None:
    async with receiving() as receiver:
        await submit(newcomer, receiver.url, CAT[:200])
        (request,) = await receiver.until(1)
    secret = (await newcomer.http.get("/webhooks/secret")).json()["secret"]
    body = Webhook(secret).verify(request.body, request.headers)
    assert body["type"] == "job.failed"
    assert body["data"]["error"]["code"] in {"truncated_image", "undecodable_image"}


# The last name does not exist: it looks the same.
HIDDEN = ["169.254.169.254", "169.254.170.2", "[fd00:ec2::254]", "0.0.0.0", "nobody.invalid"]  # noqa: S104 - targets


@pytest.mark.parametrize("host", HIDDEN)
async def test_no_webhook_reaches_metadata_or_credentials(newcomer: Api, host: str) -> None:
    job_id = await submit(newcomer, f"http://{host}/latest/meta-data/")

    async def refused() -> bool:
        return (1, None, "no_public_address") in await deliveries(newcomer, job_id)

    await until(refused)
    assert (await newcomer.ended(job_id))["status"] == "completed", "a failed webhook does not fail its job"


async def test_receiver_in_the_documentation_works(newcomer: Api, tmp_path: Path) -> None:
    text = (Path(__file__).parents[2] / "docs/webhooks.md").read_text()
    (source,) = re.findall(r"^```python\n(.*?)^```$", text, re.DOTALL | re.MULTILINE)
    (tmp_path / "receiver.py").write_text(source)
    secret = (await newcomer.http.get("/webhooks/secret")).json()["secret"]
    (port,) = free_ports(1)
    lines: list[str] = []
    receiver = await Child.start(
        [sys.executable, str(tmp_path / "receiver.py")],
        environment={"DARKROOM_WEBHOOK_SECRET": secret, "PORT": str(port)},
        sink=lines.append,
    )
    try:
        url = f"http://127.0.0.1:{port}"
        async with httpx.AsyncClient(trust_env=False) as anyone:

            async def listens() -> bool:
                try:
                    forged = await anyone.post(url, json={"type": "job.completed"})
                except httpx.ConnectError:
                    return False
                return forged.status_code == 400

            await until(listens)
        job_id = await submit(newcomer, url)
        await until(lambda: f"job.completed {job_id}" in lines)
    finally:
        await receiver.stop(grace_seconds=5)

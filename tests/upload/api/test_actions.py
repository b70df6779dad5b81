"""Tests of `POST /jobs/actions` and `GET /jobs/actions/{id}`. An orchestrator is played."""

from typing import Any

import httpx
import pytest

from darkroom.accounts.allowances import KeyLimits
from darkroom.accounts.api_keys import Scope
from darkroom.actions import ActionKind, Charging, JobFilter
from darkroom.jobs import JobStatus, new_job_id
from darkroom.messages import ContinueAction
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.upload.api.fake_orchestrator import FakeOrchestrator, owner_of
from tests.upload.examples import completed, queued, waiting
from tests.upload.records import put_job
from tests.upload.service import RunningService, put_key

UNKNOWN = "0199a3c0-5b1e-7c3d-9a2f-4d5e6f708192"


async def act(service: RunningService, body: dict[str, Any], **more: Any) -> httpx.Response:
    return await service.client.post("/jobs/actions", json=body, **more)


async def test_named_jobs_are_changed_with_an_outcome_each(
    cloud: Cloud,
    service: RunningService,
    orchestrator: FakeOrchestrator,
) -> None:
    owner = owner_of(service)
    ended, waits = await put_job(service, completed(owner=owner)), await put_job(service, waiting(owner=owner))
    other = await put_job(service, completed(owner="stranger"))
    ids = [ended.job_id, waits.job_id, other.job_id, UNKNOWN]

    answer = await act(service, {"action": "delete", "job_ids": ids})

    outcomes = answer.json()["outcomes"]
    assert (answer.status_code, [each["job_id"] for each in outcomes]) == (200, ids)
    assert [(each["ok"], each["code"]) for each in outcomes] == [(True, None)] * 2 + [(False, "not_found")] * 2
    assert sorted(orchestrator.asked) == sorted(
        [("DELETE", f"/api/jobs/{ended.job_id}"), ("POST", f"/api/jobs/{waits.job_id}/cancel")]
    )


@pytest.mark.parametrize(
    ("action", "method", "path"),
    [("retry", "POST", "retry"), ("publish", "PUT", "published"), ("unpublish", "DELETE", "published")],
)
async def test_each_kind_of_action_goes_to_the_orchestrator(
    cloud: Cloud,
    service: RunningService,
    orchestrator: FakeOrchestrator,
    action: str,
    method: str,
    path: str,
) -> None:
    job = await put_job(service, completed(owner=owner_of(service), failed=("square-64",)))
    answer = await act(service, {"action": action, "job_ids": [job.job_id]})
    assert answer.json()["outcomes"] == [{"job_id": job.job_id, "ok": True, "code": None, "detail": None}]
    assert orchestrator.asked == [(method, f"/api/jobs/{job.job_id}/{path}")]


async def test_refusal_of_one_job_is_its_outcome_and_hides_the_status_from_keys_without_read(
    cloud: Cloud,
    shared_installation: Installation,
    service: RunningService,
    orchestrator: FakeOrchestrator,
) -> None:
    job = await put_job(service, queued(owner=owner_of(service)))
    detail = "The job is queued: only a failed or partially completed job can be retried."
    orchestrator.answer = httpx.Response(409, json={"code": "conflict", "detail": detail})
    body = {"action": "retry", "job_ids": [job.job_id]}
    [outcome] = (await act(service, body)).json()["outcomes"]
    assert outcome == {"job_id": job.job_id, "ok": False, "code": "conflict", "detail": detail}
    key = f"key-{new_job_id()}"
    await put_key(cloud.dynamodb, shared_installation, key, job.owner, scopes=frozenset({Scope.UPLOAD}))
    [hidden] = (await act(service, body, headers={"x-api-key": key})).json()["outcomes"]
    assert (hidden["code"], "queued" in hidden["detail"]) == ("conflict", False)


async def test_action_by_filter_is_recorded_announced_and_counted(
    cloud: Cloud,
    shared_installation: Installation,
    service: RunningService,
) -> None:
    key, owner = f"key-{new_job_id()}", f"owner-{new_job_id()}"
    await put_key(cloud.dynamodb, shared_installation, key, owner, limits=KeyLimits(jobs_per_day=7))
    headers = {"x-api-key": key}
    wanted = {"status": ["failed"], "filename": "IMG_", "created_after": "2026-11-01T00:00:00Z"}

    answer = await act(service, {"action": "retry", "filter": wanted}, headers=headers)

    body = answer.json()
    assert (answer.status_code, body["state"], body["action"]) == (202, "queued", "retry")
    assert answer.headers["location"] == f"/jobs/actions/{body['action_id']}"
    assert (await service.client.get(answer.headers["location"], headers=headers)).json() == body
    assert (await service.client.get(answer.headers["location"])).status_code == 404, "another owner's"
    action = await service.services.start_action.actions.get(body["action_id"])
    assert action is not None
    assert (action.owner, action.kind) == (owner, ActionKind.RETRY)
    assert action.filter == JobFilter.model_validate(wanted)
    assert action.filter.status == (JobStatus.FAILED,)
    assert isinstance(action.charging, Charging)
    assert action.charging.jobs_per_day == 7
    second = await act(service, {"action": "delete", "filter": wanted}, headers=headers)
    assert (second.status_code, second.json()["code"]) == (409, "conflict")
    assert body["action_id"] in second.json()["detail"]
    await _announced(cloud, service, body["action_id"])


async def _announced(cloud: Cloud, service: RunningService, action_id: str) -> None:
    url = str(service.settings.uploads_queue_url)
    while True:
        answer = await cloud.sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, WaitTimeSeconds=1)
        for message in answer.get("Messages", []):
            if "action.continue" in message["Body"]:
                assert ContinueAction.model_validate_json(message["Body"]).action_id == action_id
                return


@pytest.mark.parametrize(
    ("body", "status", "told"),
    [
        ({"action": "retry"}, 400, "either job_ids or filter"),
        ({"action": "retry", "job_ids": [UNKNOWN], "filter": {"preset": "web"}}, 400, "either job_ids or filter"),
        ({"action": "burn", "job_ids": [UNKNOWN]}, 400, "action"),
        ({"action": "retry", "job_ids": []}, 400, "job_ids"),
        ({"action": "retry", "job_ids": [UNKNOWN, UNKNOWN.upper()]}, 400, "twice"),
        ({"action": "retry", "job_ids": [new_job_id() for _ in range(101)]}, 400, "100"),
        ({"action": "retry", "job_ids": ["1"]}, 400, "not a job's id"),
        ({"action": "retry", "filter": {}}, 400, "at least one condition"),
        ({"action": "retry", "filter": {"state": ["failed"]}}, 400, "state"),
        ({"action": "retry", "filter": {"status": ["lost"]}}, 400, "status"),
        ({"action": "retry", "filter": {"created_after": "yesterday"}}, 400, "created_after"),
        ({"action": "retry", "filter": {"created_after": "2026-11-01T00:00:00"}}, 400, "timezone"),
    ],
)
async def test_bad_requests_say_what_was_wrong(
    cloud: Cloud, upload: RunningService, body: dict[str, Any], status: int, told: str
) -> None:
    answer = await act(upload, body)
    assert answer.status_code == status, answer.text
    assert told in answer.text


@pytest.mark.parametrize("action_id", [UNKNOWN, "1"])
async def test_unknown_action_is_not_found(cloud: Cloud, upload: RunningService, action_id: str) -> None:
    answer = await upload.client.get(f"/jobs/actions/{action_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")

"""Tests the traces that a collector gets from a running system."""

import json
from uuid import uuid4

from darkroom_local.system import System
from tests.support.api import Api
from tests.support.collector import Collector
from tests.support.receiver import receiving
from tools.testbed.images import jpeg

CALLER = "b7ad6b7169203331"
JOURNEY = {
    "POST /uploads",
    "process uploads",
    "process tasks",
    "sandbox",
    "process reports",
    "process notifications",
    "send the webhook",
}


async def test_job_is_one_trace_from_the_upload_to_the_webhook(
    newcomer: Api, system: System, collector: Collector
) -> None:
    trace_id = uuid4().hex
    async with receiving() as receiver:
        answer = await newcomer.http.post(
            "/uploads",
            files={"file": ("private-name.jpg", jpeg(40, 30))},
            data={"recipe": "grayscale", "callback_url": f"{receiver.url}?token=private"},
            headers={"traceparent": f"00-{trace_id}-{CALLER}-01"},
        )
        assert answer.status_code == 202, answer.text
        await receiver.until(1)
        spans = await collector.trace(trace_id, until=JOURNEY | {"SNS.Publish", "S3.PutObject", "S3.GetObject"})
    assert {span.service for span in spans} == {"darkroom-upload", "darkroom-orchestrator", "darkroom-processor"}
    known = {span.span_id for span in spans} | {CALLER}
    assert [span for span in spans if span.parent_id not in known] == [], "all spans are in one tree"
    assert [span for span in spans if span.failed] == []
    (sandbox,) = [span for span in spans if span.name == "sandbox"]
    assert sandbox.attributes["cpu_ms"]
    assert "private" not in str(spans)
    job_id = answer.json()["job_id"]
    processed = [span for span in spans if span.name.startswith("process ")]
    assert {span.attributes["job_id"] for span in processed} == {job_id}
    for service in system.services:
        await service.log.wait_for(trace_id)


async def test_request_without_a_trace_begins_one(newcomer: Api, system: System, collector: Collector) -> None:
    job_id = uuid4()
    answer = await newcomer.http.get(f"/status/{job_id}")
    assert answer.status_code == 404
    line = await system.upload.log.wait_for(f"/status/{job_id}")
    trace_id = json.loads(line)["trace_id"]
    spans = await collector.trace(trace_id, until={"GET /status/{job_id}"})
    (request,) = [span for span in spans if span.name == "GET /status/{job_id}"]
    assert not request.parent_id
    assert not request.failed, "a wrong address is not an error of the service"
    assert request.attributes["http.response.status_code"] == 404
    assert {span.parent_id for span in spans} <= {"", request.span_id}

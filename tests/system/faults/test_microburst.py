"""Tests an AWS in trouble, as microburst plays it: errors of each service, timeouts, bodies that break off."""

import asyncio
from uuid import uuid4

import pytest

from tests.support.emulator import Cloud
from tests.support.microburst import EXECUTABLE, Rule, running_microburst
from tests.system.faults.evidence import orphans
from tests.system.faults.killing import clean_run, submitted
from tests.system.faults.rig import running_rig

JOBS = 6
CALLS_OVER_NEEDED = 4


def trouble(service: str, throttled: str) -> list[Rule]:
    """Return rules by which three of ten calls fail."""
    return [
        {"service": service, "probability": 0.1, "error": {"code": throttled}},
        {"service": service, "probability": 0.08, "error": {"code": "InternalError", "status": 500}},
        {"service": service, "probability": 0.08, "reset": True},
        {"service": service, "probability": 0.04, "timeout_ms": 300},
    ]


RULES = [
    {"service": "s3", "operation": "PutObject", "probability": 0.1, "request": {"cut_upload": {"after_bytes": 64}}},
    {"service": "s3", "operation": "GetObject", "probability": 0.1, "response": {"abort_frac": 0.5}},
    *trouble("s3", "SlowDown"),
    *trouble("sqs", "RequestThrottled"),
    *trouble("dynamodb", "ProvisionedThroughputExceededException"),
]


@pytest.mark.exhaustive
@pytest.mark.skipif(not EXECUTABLE.exists(), reason="microburst is not installed: `make faults` does that")
async def test_aws_in_trouble_only_delays_jobs_and_gets_a_limited_number_of_calls(cloud: Cloud) -> None:
    async with running_microburst(cloud.endpoint_url) as proxy, running_rig(cloud, upstream=proxy.url) as rig:
        clean = await clean_run(rig)
        before = sum(proxy.work_asked for proxy in rig.proxies.values())
        await proxy.add(RULES)
        job_ids = await asyncio.gather(*(submitted(rig, uuid4().hex) for _ in range(JOBS)))
        for job_id in job_ids:
            assert await rig.over(job_id, seconds=120) == "completed"
            assert await rig.evidence(job_id) == clean.evidence
            assert len(await rig.events_of(job_id)) == 1
        asked = sum(proxy.work_asked for proxy in rig.proxies.values()) - before
        fired = await proxy.fired()
        assert {event["service"] for event in fired} == {"s3", "sqs", "dynamodb"}
        assert asked <= CALLS_OVER_NEEDED * JOBS * sum(len(calls) for calls in clean.calls.values())
        assert await orphans(cloud, rig.installation) == []

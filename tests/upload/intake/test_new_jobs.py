"""Tests of writing jobs together with their charges."""

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest

from darkroom import clock
from darkroom.accounts.allowances import Allowance
from darkroom.errors import QuotaExceeded
from darkroom.jobs import NewJob, new_job_id
from darkroom.tables.daily_counter import DailyUsage
from darkroom.tables.job_table import JobTable
from darkroom_local.clients import open_clients
from darkroom_local.installation import Installation
from darkroom_upload.callers.caller import Caller
from darkroom_upload.callers.quota_usage import QuotaUsage
from darkroom_upload.intake.idempotency_claims import Claim, Claims
from darkroom_upload.intake.new_jobs import NewJobs
from tests.support.aws_proxy import running_proxy
from tests.support.cipher import CIPHER
from tests.support.emulator import Cloud
from tests.support.interceptions import LostAnswers
from tests.upload.examples import PRESETS, waiting

FIVE_JOBS = Allowance(jobs_per_day=5)
THOUSAND_BYTES = Allowance(bytes_per_day=1000)


@pytest.fixture(autouse=True)
def one_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Stop the clock, so that no midnight falls between a charge and its count."""
    moment = clock.now()
    monkeypatch.setattr(clock, "now", lambda: moment)


@pytest.fixture
def installed(shared_installation: Installation) -> Callable[..., NewJobs]:
    """Return a function that makes the `NewJobs` of one task."""
    topology = shared_installation.topology

    def make(client: object) -> NewJobs:
        accounts = topology.accounts.name
        return NewJobs(
            client,  # type: ignore[arg-type]  # One of the clients below.
            jobs=JobTable(client, topology.jobs.name),  # type: ignore[arg-type]
            claims=Claims(client, accounts, now=clock.now),  # type: ignore[arg-type]
            usage=QuotaUsage(client, accounts),  # type: ignore[arg-type]
            cipher=CIPHER,
        )

    return make


async def create(new_jobs: NewJobs, caller: Caller, *, size: int = 100, claim: Claim | None = None) -> bool:
    job = replace(waiting(), job_id=new_job_id(), original_bytes=size)
    new = NewJob(job=job, recipe=PRESETS["thumbnails"])
    return await new_jobs.create(new, claim=claim, charge=caller.charge(size, clock.now()))


async def used(new_jobs: NewJobs, caller: Caller) -> DailyUsage:
    return await new_jobs._usage.on(caller.counted_as, clock.now())


async def test_exactly_the_quota_of_twenty_jobs_at_once_in_two_tasks_is_made(
    cloud: Cloud, installed: Callable[..., NewJobs]
) -> None:
    tasks, caller = (
        [installed(cloud.dynamodb), installed(cloud.dynamodb)],
        Caller(owner="crowd", allowance=FIVE_JOBS),
    )
    made = await asyncio.gather(*(create(tasks[number % 2], caller) for number in range(20)), return_exceptions=True)
    assert made.count(True) == 5
    assert sum(isinstance(each, QuotaExceeded) for each in made) == 15
    assert await used(tasks[0], caller) == DailyUsage(jobs=5, bytes=500)


async def test_a_job_counts_once_even_if_every_answer_is_lost(cloud: Cloud, installed: Callable[..., NewJobs]) -> None:
    caller = Caller(owner="unlucky", allowance=FIVE_JOBS)
    async with running_proxy(cloud.endpoint_url) as proxy, open_clients(proxy.url) as clients:
        new_jobs, lost = installed(clients.dynamodb), LostAnswers()
        with proxy.intercepted(lost):
            for number in range(2):
                key = Claim(owner="unlucky", key=str(number), job_id=new_job_id(), fingerprint="")
                assert await create(new_jobs, caller, claim=key if number else None)
    assert lost.lost == ["TransactWriteItems jobs+jobs+accounts", "TransactWriteItems jobs+jobs+accounts+accounts"]
    assert await used(installed(cloud.dynamodb), caller) == DailyUsage(jobs=2, bytes=200)


async def test_bytes_are_counted_to_the_last_one(cloud: Cloud, installed: Callable[..., NewJobs]) -> None:
    new_jobs, caller = installed(cloud.dynamodb), Caller(owner="bytes", allowance=THOUSAND_BYTES)
    for size, before in [(600, 1001), (400, 401)]:
        with pytest.raises(QuotaExceeded) as refused:
            await create(new_jobs, caller, size=before)
        assert (refused.value.fields["quota"], refused.value.fields["limit"]) == ("bytes", 1000)
        assert await create(new_jobs, caller, size=size)
    with pytest.raises(QuotaExceeded):
        await create(new_jobs, caller, size=1)
    assert await used(new_jobs, caller) == DailyUsage(jobs=2, bytes=1000)


async def test_a_key_that_is_claimed_already_costs_nothing(cloud: Cloud, installed: Callable[..., NewJobs]) -> None:
    new_jobs, caller = installed(cloud.dynamodb), Caller(owner="again", allowance=Allowance(jobs_per_day=1))
    claim = Claim(owner="again", key="k", job_id=new_job_id(), fingerprint="")
    assert await create(new_jobs, caller, claim=claim)
    assert not await create(new_jobs, caller, claim=claim), "and the quota, used up as it is, is not what refuses it"
    assert await used(new_jobs, caller) == DailyUsage(jobs=1, bytes=100)


async def test_callers_without_quotas_are_not_counted(cloud: Cloud, installed: Callable[..., NewJobs]) -> None:
    new_jobs, caller = installed(cloud.dynamodb), Caller(owner="free")
    assert await create(new_jobs, caller)
    assert await used(new_jobs, caller) == DailyUsage(jobs=0, bytes=0)

"""Tests writes that conflict with a transaction. DynamoDB refuses them, whatever their conditions."""

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from darkroom.errors import Unavailable
from darkroom.jobs import new_job_id
from darkroom.runtime.aws import Aws
from darkroom.tables.dynamodb import Item
from darkroom.tables.job_item import key
from darkroom_local.installation import Installation
from darkroom_orchestrator.records import conditional_writes
from darkroom_orchestrator.records.changes import put
from darkroom_orchestrator.records.conditional_writes import ConditionalWrites
from darkroom_orchestrator.records.conditions import Condition
from tests.support.aws_calls import Call
from tests.support.aws_proxy import Answer, AwsProxy, Forward, running_proxy
from tests.support.emulator import Cloud

OPEN = Condition(text="#status = :open", values={"open": "open"})
MARKED = Condition(text="attribute_exists(#status)")
_PREFIX = "com.amazonaws.dynamodb.v20120810#"


@dataclass
class Conflicts:
    """Refuses the first writes, as if they conflicted with a transaction."""

    times: int
    refused: list[str] = field(default_factory=list)

    def wants(self, call: Call) -> bool:
        """See Interception."""
        return call.operation in {"UpdateItem", "TransactWriteItems"} and len(self.refused) < self.times

    async def meet(self, call: Call, forward: Forward) -> Answer | None:  # noqa: ARG002 - the protocol's
        """See Interception."""
        self.refused.append(call.operation)
        told: dict[str, object] = {"__type": f"{_PREFIX}TransactionConflictException", "message": "in conflict"}
        if call.operation == "TransactWriteItems":
            parts = len(call.fields()["TransactItems"])
            reasons = [{"Code": "None"}] * (parts - 1) + [{"Code": "TransactionConflict"}]
            told = {"__type": f"{_PREFIX}TransactionCanceledException", "CancellationReasons": reasons, "message": "-"}
        return Answer(
            status=400, headers={"Content-Type": "application/x-amz-json-1.0"}, body=json.dumps(told).encode()
        )


@dataclass(frozen=True)
class Desk:
    """Writes through a proxy to a table with one open item."""

    writes: ConditionalWrites
    proxy: AwsProxy
    key: Item
    table: str

    async def item(self) -> Item:
        """Return the item as it is now."""
        async with Aws().dynamodb() as client:
            return (await client.get_item(TableName=self.table, Key=self.key, ConsistentRead=True)).get("Item", {})


@pytest_asyncio.fixture
async def desk(cloud: Cloud, installation: Installation, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    table, primary_key = installation.topology.jobs.name, key(new_job_id())
    await cloud.dynamodb.put_item(TableName=table, Item=primary_key | {"status": {"S": "open"}})
    monkeypatch.setattr(conditional_writes, "_PAUSE_SECONDS", 0.001)
    async with running_proxy(cloud.endpoint_url) as proxy:
        monkeypatch.setenv("AWS_ENDPOINT_URL", proxy.url)
        async with Aws().dynamodb() as client:
            yield Desk(ConditionalWrites(client, table), proxy, primary_key, table)


async def test_write_that_conflicts_with_a_transaction_is_repeated(desk: Desk) -> None:
    with desk.proxy.intercepted(Conflicts(times=2)):
        item = await desk.writes.update(desk.key, put(status="closed"), OPEN)
    assert item is not None
    assert item["status"] == {"S": "closed"}


async def test_transaction_that_conflicts_with_another_is_repeated(desk: Desk) -> None:
    other = key(new_job_id())
    with desk.proxy.intercepted(Conflicts(times=2)):
        assert await desk.writes.update_with(
            desk.key, put(status="closed"), OPEN, [{"Put": {"TableName": desk.table, "Item": other}}]
        )
        assert await desk.writes.delete_with(desk.key, MARKED, [{"Delete": {"TableName": desk.table, "Key": other}}])
    assert await desk.item() == {}


async def test_conflict_that_does_not_end_is_unavailable(desk: Desk) -> None:
    conflicts = Conflicts(times=100)
    with desk.proxy.intercepted(conflicts), pytest.raises(Unavailable):
        await desk.writes.update(desk.key, put(status="closed"), OPEN)
    assert len(conflicts.refused) == conditional_writes._TRIES
    assert (await desk.item())["status"] == {"S": "open"}


async def test_unmet_condition_is_not_a_conflict(desk: Desk) -> None:
    assert await desk.writes.update(desk.key, put(status="closed"), OPEN)
    assert await desk.writes.update(desk.key, put(status="open"), OPEN) is None
    other: Item = key(new_job_id())
    part = {"Put": {"TableName": desk.table, "Item": other}}
    assert not await desk.writes.update_with(desk.key, put(status="open"), OPEN, [part])  # type: ignore[list-item]
    assert (await desk.item())["status"] == {"S": "closed"}

"""Tests of the quick parsing of DynamoDB's answers."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from darkroom.runtime.aws import Aws
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud

ITEM: dict[str, Any] = {
    "id": {"S": "quick"},
    "text": {"S": "é"},
    "number": {"N": "12.5"},
    "nothing": {"NULL": True},
    "yes": {"BOOL": True},
    "names": {"SS": ["a", "b"]},
    "tree": {"M": {"leaves": {"L": [{"N": "1"}, {"M": {}}]}}},
}


@pytest.mark.parametrize("more", [{}, {"bytes": {"B": b"\x00\xff"}}, {"many": {"BS": [b"\x01"]}}, {"text": {"S": "B"}}])
async def test_items_are_those_that_botocore_reads(
    cloud: Cloud, installation: Installation, more: dict[str, Any]
) -> None:
    table, key = installation.topology.accounts.name, {"id": ITEM["id"]}
    async with Aws().dynamodb() as quick:
        await quick.put_item(TableName=table, Item=ITEM | more)
        got = await quick.get_item(TableName=table, Key=key, ConsistentRead=True)
        batch = await quick.batch_get_item(RequestItems={table: {"Keys": [key]}})
        query = await quick.query(
            TableName=table, KeyConditionExpression="id = :id", ExpressionAttributeValues={":id": ITEM["id"]}
        )
        missing = await quick.get_item(TableName=table, Key={"id": {"S": "missing"}})
    found = [got["Item"], *batch["Responses"][table], *query["Items"]]
    assert found == [ITEM | more] * 3
    assert got["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert "Item" not in missing


async def test_refused_reads_have_their_error(cloud: Cloud) -> None:
    async with Aws().dynamodb() as quick:
        with pytest.raises(ClientError, match="ResourceNotFoundException"):
            await quick.get_item(TableName="missing", Key={"id": {"S": "a"}})

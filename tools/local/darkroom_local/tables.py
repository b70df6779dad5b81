"""Tables on the emulator."""

from contextlib import suppress
from typing import TYPE_CHECKING

from darkroom.topology import AttributeSpec, IndexSpec, TableSpec

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_dynamodb.type_defs import (
        AttributeDefinitionTypeDef,
        CreateTableInputTypeDef,
        GlobalSecondaryIndexTypeDef,
        KeySchemaElementTypeDef,
        ProjectionTypeDef,
    )


async def create(dynamodb: "DynamoDBClient", spec: TableSpec) -> None:
    """Create the table with its indexes, on-demand billing, time to live and point-in-time recovery."""
    with suppress(dynamodb.exceptions.ResourceInUseException):  # It exists.
        await dynamodb.create_table(**_definition(spec))
    await _expire_by(dynamodb, spec)
    await dynamodb.update_continuous_backups(
        TableName=spec.name, PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True}
    )


async def _expire_by(dynamodb: "DynamoDBClient", spec: TableSpec) -> None:
    """Turn the time to live on, if it is off: to turn it on again is an error."""
    answer = await dynamodb.describe_time_to_live(TableName=spec.name)
    if answer["TimeToLiveDescription"].get("TimeToLiveStatus") != "ENABLED":
        await dynamodb.update_time_to_live(
            TableName=spec.name,
            TimeToLiveSpecification={"Enabled": True, "AttributeName": spec.ttl_attribute},
        )


def _definition(spec: TableSpec) -> "CreateTableInputTypeDef":
    definition: CreateTableInputTypeDef = {
        "TableName": spec.name,
        "KeySchema": [_hash(spec.partition)],
        "AttributeDefinitions": _attributes(spec),
        "BillingMode": "PAY_PER_REQUEST",
    }
    if spec.indexes:  # An empty list is refused.
        definition["GlobalSecondaryIndexes"] = [_index(index) for index in spec.indexes]
    return definition


def _attributes(spec: TableSpec) -> "list[AttributeDefinitionTypeDef]":
    keys = [spec.partition, *(key for index in spec.indexes for key in (index.partition, index.sort))]
    return [{"AttributeName": key.name, "AttributeType": key.type} for key in dict.fromkeys(keys)]


def _index(index: IndexSpec) -> "GlobalSecondaryIndexTypeDef":
    return {
        "IndexName": index.name,
        "KeySchema": [_hash(index.partition), {"AttributeName": index.sort.name, "KeyType": "RANGE"}],
        "Projection": _projection(index),
    }


def _projection(index: IndexSpec) -> "ProjectionTypeDef":
    if index.include:
        return {"ProjectionType": "INCLUDE", "NonKeyAttributes": list(index.include)}
    return {"ProjectionType": "KEYS_ONLY"}


def _hash(key: AttributeSpec) -> "KeySchemaElementTypeDef":
    return {"AttributeName": key.name, "KeyType": "HASH"}

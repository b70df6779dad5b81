"""Writes of a job's recipe and details, as parts of the transaction whose first part is a write of the job's item.

None has a condition: whether the transaction is made depends on the job alone.
"""

from typing import TYPE_CHECKING

from darkroom.source_description import SourceDescription
from darkroom.tables.details_item import details_key
from darkroom.tables.dynamodb import Item, serialized

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef


def describing(table: str, job_id: str, description: SourceDescription) -> "TransactWriteItemTypeDef":
    """Put the source's description into the job's details, whether or not there are any yet."""
    return {
        "Update": {
            "TableName": table,
            "Key": details_key(job_id),
            "UpdateExpression": "SET description = :description",
            "ExpressionAttributeValues": serialized({":description": description.model_dump_json()}),
        }
    }


def expiring(table: str, key: Item, moment: int) -> "TransactWriteItemTypeDef":
    """Hand an item to DynamoDB's TTL at this moment, in seconds since 1970.

    Without such an item, one is made that has nothing but its key and goes at that moment.
    """
    return {
        "Update": {
            "TableName": table,
            "Key": key,
            "UpdateExpression": "SET expires_at = :moment",
            "ExpressionAttributeValues": serialized({":moment": moment}),
        }
    }


def deleting(table: str, key: Item) -> "TransactWriteItemTypeDef":
    """Delete an item, whether or not it is there."""
    return {"Delete": {"TableName": table, "Key": key}}

"""Writes of a job's other items, in a transaction whose first write is that of the job's own item.

They have no conditions: only the job's item decides whether the transaction happens.
"""

from datetime import datetime
from typing import TYPE_CHECKING

from darkroom.jobs import Job
from darkroom.source_description import SourceDescription
from darkroom.tables.change_marks import tombstone_item
from darkroom.tables.details_item import details_key
from darkroom.tables.dynamodb import Item, serialized

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb.type_defs import TransactWriteItemTypeDef


def description_write(table: str, job_id: str, description: SourceDescription) -> "TransactWriteItemTypeDef":
    """Return the write that puts the source's description into the job's details. Details need not exist yet."""
    return {
        "Update": {
            "TableName": table,
            "Key": details_key(job_id),
            "UpdateExpression": "SET description = :description",
            "ExpressionAttributeValues": serialized({":description": description.model_dump_json()}),
        }
    }


def expiry_write(table: str, key: Item, moment: int) -> "TransactWriteItemTypeDef":
    """Return the write that lets DynamoDB's TTL delete an item at `moment`, in seconds since 1970.

    If there is no such item, the write makes one that has only its key, and that TTL deletes at the same moment.
    """
    return {
        "Update": {
            "TableName": table,
            "Key": key,
            "UpdateExpression": "SET expires_at = :moment",
            "ExpressionAttributeValues": serialized({":moment": moment}),
        }
    }


def delete_write(table: str, key: Item) -> "TransactWriteItemTypeDef":
    """Return the write that deletes an item, which need not exist."""
    return {"Delete": {"TableName": table, "Key": key}}


def tombstone_write(table: str, job: Job, moment: datetime) -> "TransactWriteItemTypeDef":
    """Return the write that tells event streams of a job's deletion at `moment`."""
    return {"Put": {"TableName": table, "Item": tombstone_item(job, moment)}}

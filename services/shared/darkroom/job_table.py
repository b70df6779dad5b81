"""Jobs in DynamoDB: how an item looks, and the reads and the creation that more than one service needs.

Everything that changes an existing job is the orchestrator's.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from zlib import crc32

from boto3.dynamodb.types import TypeDeserializer, TypeSerializer
from botocore.exceptions import ClientError
from pydantic import TypeAdapter

from darkroom import clock
from darkroom.aws import error_code, translated
from darkroom.jobs import (
    Cost,
    DeliveryAttempt,
    Fault,
    Job,
    JobStatus,
    ObjectRef,
    Place,
    Turn,
    VariantResult,
    VariantState,
    VariantStatus,
)
from darkroom.recipes import Recipe
from darkroom.sources import SourceDescription
from darkroom.topology import OPEN_SHARDS

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient

Item = dict[str, Any]
"""An item in DynamoDB's own notation, `{"name": {"S": "value"}}`."""

_SERIALIZE: Final = TypeSerializer().serialize
_DESERIALIZE: Final = TypeDeserializer().deserialize
_TURN_SEPARATOR: Final = "#"
_METADATA: Final = TypeAdapter(dict[str, str])


class JobTable:
    """Reads and creates jobs. All methods raise Unavailable."""

    def __init__(self, client: "DynamoDBClient", table: str) -> None:
        self._client = client
        self._table = table

    @property
    def name(self) -> str:
        """The table's name."""
        return self._table

    async def get(self, job_id: str) -> Job | None:
        """The job as it is now (a consistent read), or None."""
        with translated("DynamoDB"):
            answer = await self._client.get_item(TableName=self._table, Key=key(job_id), ConsistentRead=True)
        return from_item(answer["Item"]) if "Item" in answer else None

    async def create(self, job: Job) -> bool:
        """Write a new job. False when there is one of that id already, which is then left as it is."""
        try:
            with translated("DynamoDB"):
                await self._client.put_item(
                    TableName=self._table,
                    Item=to_item(job),
                    ConditionExpression="attribute_not_exists(job_id)",
                )
        except ClientError as error:
            if error_code(error) == "ConditionalCheckFailedException":
                return False
            raise
        return True


def key(job_id: str) -> Item:
    """The primary key of a job."""
    return {"job_id": {"S": job_id}}


def open_shard(job_id: str) -> int:
    """The partition of the index of open jobs that a job is in."""
    return crc32(job_id.encode()) % OPEN_SHARDS


def serialized(values: Mapping[str, Any]) -> Item:
    """Plain values in DynamoDB's notation. None is left out, since an index cannot hold it."""
    return {name: _SERIALIZE(value) for name, value in values.items() if value is not None}


def to_item(job: Job) -> Item:
    """A job as an item. Empty sets are left out: DynamoDB has none."""
    return serialized(
        {
            "job_id": job.job_id,
            "owner": job.owner,
            "recipe_name": job.recipe_name,
            "recipe": job.recipe.model_dump_json(),
            "status": job.status.value,
            "created_at": clock.iso(job.created_at),
            "updated_at": clock.iso(job.updated_at),
            "filename": job.filename,
            "content_type": job.content_type,
            "source_key": job.source_key,
            "open_shard": open_shard(job.job_id) if job.status.is_open else None,
            "deadline": epoch(job.deadline) if job.deadline else None,
            "attempt": job.attempt,
            "source": job.source.model_dump() if job.source else None,
            "source_bytes": job.source_bytes,
            "source_sha256": job.source_sha256,
            "description": job.description.model_dump_json() if job.description else None,
            "variants": {name: variant_value(state) for name, state in job.variants.items()},
            "pending": set(job.pending) or None,
            **(place_values(job, job.place) if job.place else {}),
            "fault": job.fault.model_dump() if job.fault else None,
            **job.cost.model_dump(),
            "metadata": json.dumps(dict(job.metadata)) if job.metadata else None,
            "queued_at": clock.iso(job.queued_at) if job.queued_at else None,
            "started_at": clock.iso(job.started_at) if job.started_at else None,
            "completed_at": clock.iso(job.completed_at) if job.completed_at else None,
            "worker": job.worker,
            "engine": dict(job.engine) or None,
            "manifest": job.manifest.model_dump() if job.manifest else None,
            "redrives": job.redrives,
            "callback_url": job.callback_url,
            "callback_gone_at": clock.iso(job.callback_gone_at) if job.callback_gone_at else None,
            "charged_to": job.charged_to,
            "deliveries": [delivery_value(attempt) for attempt in job.deliveries] or None,
        }
    )


def from_item(item: Mapping[str, Any]) -> Job:
    """The inverse of `to_item`."""
    read = {name: _DESERIALIZE(value) for name, value in item.items()}
    recipe = Recipe.model_validate_json(read["recipe"])
    return Job(
        job_id=read["job_id"],
        owner=read["owner"],
        recipe_name=read["recipe_name"],
        recipe=recipe,
        status=JobStatus(read["status"]),
        created_at=clock.parse(read["created_at"]),
        updated_at=clock.parse(read["updated_at"]),
        filename=read["filename"],
        content_type=read.get("content_type"),
        source_key=read["source_key"],
        deadline=datetime.fromtimestamp(int(read["deadline"]), UTC) if "deadline" in read else None,
        attempt=int(read["attempt"]),
        source=ObjectRef.model_validate(read["source"]) if "source" in read else None,
        source_bytes=int(read["source_bytes"]) if "source_bytes" in read else None,
        source_sha256=read.get("source_sha256"),
        description=_description(read),
        # In the order of the recipe; DynamoDB keeps none.
        variants={
            variant.name: _variant_state(read["variants"][variant.name])
            for variant in recipe.variants
            if variant.name in read["variants"]
        },
        pending=frozenset(read.get("pending", ())),
        place=_place(read),
        fault=Fault.model_validate(read["fault"]) if "fault" in read else None,
        cost=Cost.model_validate({name: read.get(name, 0) for name in Cost.model_fields}),
        metadata=_METADATA.validate_json(read["metadata"]) if "metadata" in read else {},
        queued_at=_moment(read, "queued_at"),
        started_at=_moment(read, "started_at"),
        completed_at=_moment(read, "completed_at"),
        worker=read.get("worker"),
        engine=read.get("engine", {}),
        manifest=ObjectRef.model_validate(read["manifest"]) if "manifest" in read else None,
        redrives=int(read["redrives"]),
        callback_url=read.get("callback_url"),
        callback_gone_at=_moment(read, "callback_gone_at"),
        charged_to=read.get("charged_to"),
        deliveries=tuple(DeliveryAttempt.model_validate(value) for value in read.get("deliveries", ())),
    )


def epoch(moment: datetime) -> int:
    """Seconds since 1970, as DynamoDB's TTL and the deadline index want them."""
    return int(moment.timestamp())


def variant_value(state: VariantState) -> dict[str, Any]:
    """A variant's state as a plain value for the item's `variants` map."""
    value: dict[str, Any] = {"status": state.status.value}
    if state.result:
        value["result"] = state.result.model_dump(mode="json")
    if state.fault:
        value["fault"] = state.fault.model_dump()
    return value


def place_values(job: Job, place: Place) -> dict[str, Any]:
    """The attributes that put a job into the index of turns, where its owner's jobs are in the order they came."""
    turn = f"{place.turn}{_TURN_SEPARATOR}{clock.iso(job.created_at)}"
    return {"turn_of": job.owner, "turn": turn, "tasks": place.tasks}


def delivery_value(attempt: DeliveryAttempt) -> dict[str, Any]:
    """An attempt as a plain value for the item's `deliveries` list."""
    return {**attempt.model_dump(exclude_none=True), "at": clock.iso(attempt.at)}


def _variant_state(value: Mapping[str, Any]) -> VariantState:
    return VariantState(
        status=VariantStatus(value["status"]),
        result=VariantResult.model_validate(value["result"]) if "result" in value else None,
        fault=Fault.model_validate(value["fault"]) if "fault" in value else None,
    )


def _description(read: Mapping[str, Any]) -> SourceDescription | None:
    return SourceDescription.model_validate_json(read["description"]) if "description" in read else None


def _place(read: Mapping[str, Any]) -> Place | None:
    if "turn" not in read:
        return None
    return Place(turn=Turn(read["turn"].partition(_TURN_SEPARATOR)[0]), tasks=int(read["tasks"]))


def _moment(read: Mapping[str, Any], name: str) -> datetime | None:
    return clock.parse(read[name]) if name in read else None

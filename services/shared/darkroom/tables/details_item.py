"""A job's details as an item: metadata, the description of the source, and the log of deliveries."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import TypeAdapter

from darkroom import clock
from darkroom.job_details import DeliveryAttempt, JobDetails, ReplayLease
from darkroom.source_description import SourceDescription
from darkroom.tables.dynamodb import Item, deserialized, epoch, serialized

_DETAILS: Final = "#details"
_METADATA: Final = TypeAdapter(dict[str, str])


def details_key(job_id: str) -> Item:
    """Return the primary key of a job's details."""
    return {"job_id": {"S": job_id + _DETAILS}}


def details_item(job_id: str, details: JobDetails) -> Item:
    """Return a job's details as an item."""
    return details_key(job_id) | serialized(
        {
            "metadata": json.dumps(dict(details.metadata)) if details.metadata else None,
            "description": details.description.model_dump_json() if details.description else None,
            "deliveries": [delivery_value(attempt) for attempt in details.deliveries] or None,
            "callback_gone_at": clock.iso(details.callback_gone_at) if details.callback_gone_at else None,
            "replay_id": details.replay.id if details.replay else None,
            "replay_until": epoch(details.replay.until) if details.replay else None,
        }
    )


def details_of(item: Item | None) -> JobDetails:
    """Return the details that `details_item` wrote. Without an item they are empty."""
    read = deserialized(item or {})
    return JobDetails(
        metadata=_METADATA.validate_json(read["metadata"]) if "metadata" in read else {},
        description=SourceDescription.model_validate_json(read["description"]) if "description" in read else None,
        deliveries=tuple(DeliveryAttempt.model_validate(value) for value in read.get("deliveries", ())),
        callback_gone_at=clock.parse(read["callback_gone_at"]) if "callback_gone_at" in read else None,
        replay=_lease_of(read) if "replay_id" in read else None,
    )


def metadata_by_job(items: Iterable[Item]) -> dict[str, dict[str, str]]:
    """Return the metadata in the details of several jobs, by their ids. Jobs without metadata are left out."""
    return {
        item["job_id"]["S"].removesuffix(_DETAILS): _METADATA.validate_json(item["metadata"]["S"])
        for item in items
        if "metadata" in item
    }


def _lease_of(read: Mapping[str, Any]) -> ReplayLease:
    return ReplayLease(id=read["replay_id"], until=datetime.fromtimestamp(int(read["replay_until"]), UTC))


def delivery_value(attempt: DeliveryAttempt) -> dict[str, Any]:
    """Return an attempt as a value of the list `deliveries`."""
    return {**attempt.model_dump(exclude_none=True), "at": clock.iso(attempt.at)}

"""What is kept of a job apart from its own item, and the short form of a variant within it.

    <id>            the job: status, marks of progress, results; every change of the job is one write of this item
    <id>#recipe     the recipe, written in the transaction that creates the job
    <id>#details    what only `/status` and webhooks tell: metadata, the source's description, the log of deliveries

A read costs a unit for each 4 KB of an item, and a write one for each KB, whatever part of it is meant. So what is
large and seldom needed is not in the item that is read four times a second and written at every step.
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from pydantic import TypeAdapter

from darkroom import clock
from darkroom.job_details import DeliveryAttempt, JobDetails, ReplayLease
from darkroom.jobs import Fault, VariantResult, VariantState, VariantStatus
from darkroom.recipes import Recipe
from darkroom.sources import SourceDescription
from darkroom.tables.dynamodb import Item, deserialized, epoch, serialized

_RECIPE: Final = "#recipe"
_DETAILS: Final = "#details"
_METADATA: Final = TypeAdapter(dict[str, str])


def recipe_key(job_id: str) -> Item:
    """Return the primary key of a job's recipe."""
    return {"job_id": {"S": job_id + _RECIPE}}


def details_key(job_id: str) -> Item:
    """Return the primary key of a job's details."""
    return {"job_id": {"S": job_id + _DETAILS}}


def recipe_item(job_id: str, recipe: Recipe) -> Item:
    """Return a job's recipe as an item."""
    return recipe_key(job_id) | serialized({"recipe": recipe.stored})


def recipe_of(item: Item) -> Recipe:
    """Return the recipe that `recipe_item` wrote."""
    return Recipe.model_validate_json(item["recipe"]["S"])


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
    """Return the details that `details_item` wrote; a job of which nothing is told has no such item."""
    read = deserialized(item or {})
    return JobDetails(
        metadata=_METADATA.validate_json(read["metadata"]) if "metadata" in read else {},
        description=SourceDescription.model_validate_json(read["description"]) if "description" in read else None,
        deliveries=tuple(DeliveryAttempt.model_validate(value) for value in read.get("deliveries", ())),
        callback_gone_at=clock.parse(read["callback_gone_at"]) if "callback_gone_at" in read else None,
        replay=_lease_of(read) if "replay_id" in read else None,
    )


def _lease_of(read: Mapping[str, Any]) -> ReplayLease:
    return ReplayLease(id=read["replay_id"], until=datetime.fromtimestamp(int(read["replay_until"]), UTC))


def delivery_value(attempt: DeliveryAttempt) -> dict[str, Any]:
    """Return an attempt as a plain value for the list `deliveries`."""
    return {**attempt.model_dump(exclude_none=True), "at": clock.iso(attempt.at)}


def variant_text(state: VariantState, number: int, job_id: str) -> str:
    """Return a variant as a short text for the map `variants` of the job's item; `number` is its place in the recipe.

    A text costs the SDK's parser a tenth of what a map of seven members does. A result's key is written without the
    job's id, and the status not at all: a variant with a result is completed, one with a fault has failed.
    """
    value: dict[str, Any] = {"n": number}
    if state.result:
        value["result"] = state.result.model_dump(mode="json")
        before, found, after = state.result.key.partition(job_id)
        if found:
            value["result"]["key"] = [before, after]
    if state.fault:
        value["fault"] = state.fault.model_dump()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def variants_of(texts: Mapping[str, str], job_id: str) -> dict[str, VariantState]:
    """Return the variants that `variant_text` wrote, in the order of the recipe; DynamoDB's maps have no order."""
    read = {name: json.loads(text) for name, text in texts.items()}
    return {name: _variant_of(read[name], job_id) for name in sorted(read, key=lambda name: int(read[name]["n"]))}


def _variant_of(value: dict[str, Any], job_id: str) -> VariantState:
    if "result" in value:
        result = value["result"]
        if isinstance(result["key"], list):
            result["key"] = job_id.join(result["key"])
        return VariantState(status=VariantStatus.COMPLETED, result=VariantResult.model_validate(result))
    if "fault" in value:
        return VariantState(status=VariantStatus.FAILED, fault=Fault.model_validate(value["fault"]))
    return VariantState()

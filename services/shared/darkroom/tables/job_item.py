"""A job as an item of DynamoDB: its key, its attributes in the indexes, and how its values are written and read.

A job has up to three items:

    <id>            `job_item`: status, marks of progress, results; every change of the job is one write of this item
    <id>#recipe     `recipe_item`: the recipe
    <id>#details    `details_item`: what only `/status` and webhooks tell

A read costs a unit for each 4 KB of an item, and a write one for each KB, however little of the item it is about. So
what is large and seldom needed is not in the item that is read four times a second and written at every step.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final
from zlib import crc32

from darkroom import clock
from darkroom.jobs import (
    Cost,
    Fault,
    Job,
    JobSlots,
    JobStatus,
    ObjectRef,
    PendingImport,
    SlotState,
    Thumbnail,
    VariantStatus,
    results_bytes,
)
from darkroom.tables.change_marks import change_marks
from darkroom.tables.dynamodb import Item, deserialized, epoch, serialized
from darkroom.tables.variant_text import variant_text, variants_of
from darkroom.topology import OPEN_SHARDS, OWNER_SHARDS

_SEPARATOR: Final = "#"


def key(job_id: str) -> Item:
    """Return the primary key of a job."""
    return {"job_id": {"S": job_id}}


def owner_shards(owner: str) -> list[str]:
    """Return all partitions of the index by owner that have jobs of an owner."""
    return [f"{owner}{_SEPARATOR}{number}" for number in range(OWNER_SHARDS)]


def owner_order(created_at: str, job_id: str) -> str:
    """Return the sort key of a job among those of its owner: by creation, then by id."""
    return f"{created_at}{_SEPARATOR}{job_id}"


def open_shard(job_id: str) -> int:
    """Return the partition of a job in the index of open jobs."""
    return _hash(job_id) % OPEN_SHARDS


def to_item(job: Job) -> Item:
    """Return a job as an item. Empty sets are left out, since DynamoDB has none."""
    return serialized(
        {
            "job_id": job.job_id,
            "owner": job.owner,
            "owner_shard": owner_shards(job.owner)[_hash(job.job_id) % OWNER_SHARDS],
            "owner_order": owner_order(clock.iso(job.created_at), job.job_id),
            **change_marks(job.updated_at),
            "recipe_name": job.recipe_name,
            "preset_version": job.preset_version,
            "status": job.status.value,
            "created_at": clock.iso(job.created_at),
            "updated_at": clock.iso(job.updated_at),
            "filename": job.filename,
            "content_type": job.content_type,
            "original_key": job.original_key,
            "open_shard": open_shard(job.job_id) if job.status.is_open else None,
            "deadline": epoch(job.deadline) if job.deadline else None,
            "attempt": job.attempt,
            "original": job.original.model_dump() if job.original else None,
            "original_days": job.original_days,
            "original_of": job.original_of,
            "copied_from": job.copied_from.model_dump() if job.copied_from else None,
            "original_bytes": job.original_bytes,
            "original_sha256": job.original_sha256,
            "imported_from": job.imported_from,
            **(_import_values(job.pending_import) if job.pending_import else {}),
            "described": job.described or None,
            "thumbnail": job.thumbnail.model_dump() if job.thumbnail else None,
            "variants": {
                name: variant_text(state, number, job.job_id)
                for number, (name, state) in enumerate(job.variants.items())
            },
            # Lists of jobs read these three in place of `variants`. Variants on request do not count.
            "variants_total": job.total,
            "variants_done": job.count(VariantStatus.COMPLETED),
            "variants_failed": job.count(VariantStatus.FAILED),
            "pending": set(job.pending) or None,
            **(slot_values(job, job.slots) if job.slots else {}),
            "fault": job.fault.model_dump() if job.fault else None,
            **job.cost.model_dump(),
            "queued_at": clock.iso(job.queued_at) if job.queued_at else None,
            "started_at": clock.iso(job.started_at) if job.started_at else None,
            "completed_at": clock.iso(job.completed_at) if job.completed_at else None,
            "worker": job.worker,
            "engine": dict(job.engine) or None,
            "manifest": job.manifest.model_dump() if job.manifest else None,
            "redrives": job.redrives,
            "callback_url": job.callback_url,
            "published": job.published or None,
            "public_bytes": job.public_bytes or None,
            "keep_original": job.keep_original or None,
            "charged_to": job.charged_to,
            "deletion_began_at": clock.iso(job.deletion_began_at) if job.deletion_began_at else None,
            "results_bytes": results_bytes(job) or None,
            "created_by": job.created_by,
            "counted_cpu_ms": job.counted_cpu_ms or None,
            "stored_bytes": job.stored_bytes or None,
        }
    )


def from_item(item: Mapping[str, Any]) -> Job:
    """Return the job that `to_item` wrote."""
    read = deserialized(item)
    return Job(
        job_id=read["job_id"],
        owner=read["owner"],
        recipe_name=read["recipe_name"],
        preset_version=int(read["preset_version"]) if "preset_version" in read else None,
        status=JobStatus(read["status"]),
        created_at=clock.parse(read["created_at"]),
        updated_at=clock.parse(read["updated_at"]),
        filename=read["filename"],
        content_type=read.get("content_type"),
        original_key=read["original_key"],
        deadline=datetime.fromtimestamp(int(read["deadline"]), UTC) if "deadline" in read else None,
        attempt=int(read["attempt"]),
        original=ObjectRef.model_validate(read["original"]) if "original" in read else None,
        original_days=int(read["original_days"]),
        original_of=read.get("original_of"),
        copied_from=ObjectRef.model_validate(read["copied_from"]) if "copied_from" in read else None,
        original_bytes=int(read["original_bytes"]) if "original_bytes" in read else None,
        original_sha256=read.get("original_sha256"),
        imported_from=read.get("imported_from"),
        pending_import=_pending_import(read),
        described=read.get("described", False),
        thumbnail=Thumbnail.model_validate(read["thumbnail"]) if "thumbnail" in read else None,
        variants=variants_of(read["variants"], read["job_id"]),
        pending=frozenset(read.get("pending", ())),
        slots=_slots(read),
        fault=Fault.model_validate(read["fault"]) if "fault" in read else None,
        cost=Cost.model_validate({name: read.get(name, 0) for name in Cost.model_fields}),
        queued_at=_moment(read, "queued_at"),
        started_at=_moment(read, "started_at"),
        completed_at=_moment(read, "completed_at"),
        worker=read.get("worker"),
        engine=read.get("engine", {}),
        manifest=ObjectRef.model_validate(read["manifest"]) if "manifest" in read else None,
        redrives=int(read["redrives"]),
        callback_url=read.get("callback_url"),
        published=read.get("published", False),
        public_bytes=int(read.get("public_bytes", 0)),
        keep_original=read.get("keep_original", False),
        charged_to=read.get("charged_to"),
        deletion_began_at=_moment(read, "deletion_began_at"),
        created_by=read.get("created_by"),
        counted_cpu_ms=int(read.get("counted_cpu_ms", 0)),
        stored_bytes=int(read.get("stored_bytes", 0)),
    )


def slot_values(job: Job, slots: JobSlots) -> dict[str, Any]:
    """Return the attributes that put a job into the index of slots, where an owner's jobs are sorted by creation."""
    order = f"{slots.state}{_SEPARATOR}{clock.iso(job.created_at)}"
    return {"slot_owner": job.owner, "slot_order": order, "slot_count": slots.count}


def _import_values(pending: PendingImport) -> dict[str, Any]:
    return {
        "import_url": pending.url,
        "import_tries": pending.tries,
        "import_bytes_per_day": pending.bytes_per_day,
    }


def _pending_import(read: Mapping[str, Any]) -> PendingImport | None:
    if "import_url" not in read:
        return None
    limit = read.get("import_bytes_per_day")
    return PendingImport(
        url=read["import_url"],
        tries=int(read["import_tries"]),
        bytes_per_day=int(limit) if limit is not None else None,
    )


def _hash(job_id: str) -> int:
    return crc32(job_id.encode())


def _slots(read: Mapping[str, Any]) -> JobSlots | None:
    if "slot_order" not in read:
        return None
    return JobSlots(state=SlotState(read["slot_order"].partition(_SEPARATOR)[0]), count=int(read["slot_count"]))


def _moment(read: Mapping[str, Any], name: str) -> datetime | None:
    return clock.parse(read[name]) if name in read else None

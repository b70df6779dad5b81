"""Evidence: what an ended job has left, in a form that is equal for two runs of the same upload."""

import json
from dataclasses import dataclass
from typing import Any, Final

from darkroom.jobs import VariantState
from darkroom.object_keys import manifest_key
from darkroom.tables.details_item import details_key
from darkroom.tables.dynamodb import deserialized
from darkroom.tables.job_item import key
from darkroom.tables.recipe_item import recipe_key
from darkroom.tables.variant_text import variants_of
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud
from tests.support.job_items import is_part

Item = dict[str, Any]
Objects = dict[str, frozenset[str]]
"""The ETags of all versions of each object, by key. No upload is multipart, so an ETag is the MD5 of the bytes."""

_VARYING: Final = frozenset(
    {
        "completed_at",
        "cpu_ms",
        "created_at",
        "manifest",
        "owner_order",
        "owner_shard",
        "queued_at",
        "redrives",
        "started_at",
        "stored_bytes",
        "updated_at",
        "worker",
        "write_token",
    }
)
"""Attributes that differ from run to run."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A job's items, manifest and results. The job's ID is replaced by JOB."""

    item: str
    manifest: str
    pictures: Objects
    """ETags of the results, one for each key unless two tries made different results."""


async def evidence(cloud: Cloud, installation: Installation, job_id: str) -> Evidence:
    """Return the evidence of a job as it is now."""
    item = await job_item(cloud, installation, job_id)
    parts = [await _item(cloud, installation, key) for key in (recipe_key(job_id), details_key(job_id))]
    pictures = await pictures_of(cloud, installation, job_id)
    manifest = await _manifest(cloud, installation, item)
    return Evidence(
        item=json.dumps([_comparable(item), *parts], sort_keys=True, default=str).replace(job_id, "JOB"),
        manifest=json.dumps(manifest, sort_keys=True).replace(job_id, "JOB"),
        pictures={key.replace(job_id, "JOB"): hashes for key, hashes in pictures.items()},
    )


async def job_item(cloud: Cloud, installation: Installation, job_id: str) -> Item:
    """Return the job's item as plain values; empty if there is none."""
    return await _item(cloud, installation, key(job_id))


async def _item(cloud: Cloud, installation: Installation, primary_key: Any) -> Item:
    answer = await cloud.dynamodb.get_item(
        TableName=installation.topology.jobs.name, Key=primary_key, ConsistentRead=True
    )
    return plain(answer.get("Item", {}))


async def all_items(cloud: Cloud, installation: Installation) -> list[Item]:
    """Return the items of all jobs."""
    pages = cloud.dynamodb.get_paginator("scan").paginate(TableName=installation.topology.jobs.name)
    items = [plain(item) async for page in pages for item in page["Items"]]
    return [item for item in items if not is_part(item["job_id"])]


async def stored_bytes(cloud: Cloud, installation: Installation) -> int:
    """Return the sum of the stored bytes in the counters of all owners."""
    pages = cloud.dynamodb.get_paginator("scan").paginate(TableName=installation.topology.accounts.name)
    items = [plain(item) async for page in pages for item in page["Items"]]
    return sum(int(item["stored_bytes"]) for item in items if item["id"].startswith("stored#"))


async def objects_in(cloud: Cloud, bucket: str) -> Objects:
    """List all versions in a bucket. No object is read."""
    found: dict[str, set[str]] = {}
    async for page in cloud.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in page.get("Versions", []):
            found.setdefault(version["Key"], set()).add(version["ETag"])
    return {key: frozenset(etags) for key, etags in found.items()}


async def pictures_of(cloud: Cloud, installation: Installation, job_id: str) -> Objects:
    """Return the results of a job."""
    results = await objects_in(cloud, installation.topology.results.name)
    return {key: etags for key, etags in results.items() if job_id in key and key != manifest_key(job_id)}


async def orphans(cloud: Cloud, installation: Installation) -> list[str]:
    """Return the keys of all objects that no job names."""
    items = await all_items(cloud, installation)
    keys: set[str] = set()
    for bucket in installation.topology.buckets:
        keys |= set(await objects_in(cloud, bucket.name))
    return sorted(keys - {key for item in items for key in keys_of(item)})


def keys_of(item: Item) -> set[str]:
    """Return the keys of all objects that a job names."""
    named = {state["result"]["key"] for state in item["variants"].values() if "result" in state}
    named.add(item["original_key"])
    if "manifest" in item:
        named.add(item["manifest"]["key"])
    return named


async def _manifest(cloud: Cloud, installation: Installation, item: Item) -> dict[str, Any]:
    """Return the parts of the job's manifest that are equal in each run; empty if there is none."""
    if "manifest" not in item:
        return {}
    answer = await cloud.s3.get_object(
        Bucket=installation.topology.results.name,
        Key=item["manifest"]["key"],
        VersionId=item["manifest"]["version_id"],
    )
    document = json.loads(await answer["Body"].read())
    del document["source"]["version_id"], document["cost"]["cpu_ms"]
    return {name: value for name, value in document.items() if name != "timings"}


def plain(item: Any) -> Item:
    """Return an item's plain values, with its variants decoded."""
    read = deserialized(item)
    if "variants" in read:
        states = variants_of(read["variants"], read["job_id"])
        read["variants"] = {name: _variant(state) for name, state in states.items()}
    return read


def _variant(state: VariantState) -> dict[str, Any]:
    told: dict[str, Any] = {"status": state.status.value}
    if state.result:
        told["result"] = state.result.model_dump(mode="json")
    if state.fault:
        told["fault"] = state.fault.model_dump()
    return told


def _comparable(item: Item) -> Item:
    kept = {name: value for name, value in item.items() if name not in _VARYING}
    if "original" in kept:
        kept["original"] = {name: value for name, value in kept["original"].items() if name != "version_id"}
    return {name: sorted(value) if isinstance(value, set) else value for name, value in kept.items()}

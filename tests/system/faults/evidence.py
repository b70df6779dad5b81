"""Evidence: what an ended job has left, in a form that is equal for two runs of the same upload."""

import json
from dataclasses import dataclass
from typing import Any, Final

from darkroom.formats import ImageFormat
from darkroom.jobs import VariantState
from darkroom.object_keys import manifest_key, public_key, thumbnail_key
from darkroom.tables.daily_counter import DailyUsage
from darkroom.tables.details_item import details_key
from darkroom.tables.dynamodb import deserialized
from darkroom.tables.job_item import key
from darkroom.tables.public_work_item import job_of_public_work
from darkroom.tables.recipe_item import recipe_key
from darkroom.tables.variant_text import variants_of
from darkroom_local.installation import Installation
from tests.support.api import OPEN
from tests.support.emulator import Cloud
from tests.support.job_items import is_part

Item = dict[str, Any]
Objects = dict[str, frozenset[str]]
"""The ETags of all versions of each object, by key. No upload is multipart, so an ETag is the MD5 of the bytes."""

_VARYING: Final = frozenset(
    {
        "change_bucket",
        "change_order",
        "charged_to",
        "completed_at",
        "counted_cpu_ms",
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
    """A job's items, manifest and results. The job's ID is replaced by JOB, that of a second run's source by SOURCE."""

    item: str
    manifest: str
    pictures: Objects
    """ETags of the results and the thumbnail, one for each key unless two tries made different results."""
    original_tags: dict[str, str]
    """Tags of the original, without which it does not expire."""


async def evidence(cloud: Cloud, installation: Installation, job_id: str) -> Evidence:
    """Return the evidence of a job as it is now."""
    item = await job_item(cloud, installation, job_id)
    parts = [await _item(cloud, installation, key) for key in (recipe_key(job_id), details_key(job_id))]
    pictures = await pictures_of(cloud, installation, job_id)
    manifest = await _manifest(cloud, installation, item)

    def anonymous(text: str) -> str:
        return text.replace(job_id, "JOB").replace(item.get("original_of", "SOURCE"), "SOURCE")

    return Evidence(
        item=anonymous(json.dumps([_comparable(item), *parts], sort_keys=True, default=str)),
        manifest=anonymous(json.dumps(manifest, sort_keys=True)),
        original_tags=await _tags_of_original(cloud, installation, item),
        pictures={key.replace(job_id, "JOB"): hashes for key, hashes in pictures.items()},
    )


async def _tags_of_original(cloud: Cloud, installation: Installation, item: Item) -> dict[str, str]:
    if "original" not in item:
        return {}
    original = item["original"]
    answer = await cloud.s3.get_object_tagging(
        Bucket=installation.topology.originals.name, Key=original["key"], VersionId=original["version_id"]
    )
    return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}


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
    return sum(int(counter["stored_bytes"]) for counter in await _counters(cloud, installation, "stored#"))


async def charged(cloud: Cloud, installation: Installation) -> DailyUsage:
    """Return what all callers are charged, on all days together."""
    counters = await _counters(cloud, installation, "usage#")
    return DailyUsage(
        jobs=sum(int(counter["used_jobs"]) for counter in counters),
        bytes=sum(int(counter["used_bytes"]) for counter in counters),
    )


async def _counters(cloud: Cloud, installation: Installation, prefix: str) -> list[Item]:
    pages = cloud.dynamodb.get_paginator("scan").paginate(TableName=installation.topology.accounts.name)
    items = [plain(item) async for page in pages for item in page["Items"]]
    return [item for item in items if item["id"].startswith(prefix)]


async def objects_in(cloud: Cloud, bucket: str) -> Objects:
    """List all versions in a bucket. No object is read."""
    found: dict[str, set[str]] = {}
    async for page in cloud.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in page.get("Versions", []):
            found.setdefault(version["Key"], set()).add(version["ETag"])
    return {key: frozenset(etags) for key, etags in found.items()}


async def pictures_of(cloud: Cloud, installation: Installation, job_id: str) -> Objects:
    """Return the results of a job, and its thumbnail."""
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
    if "thumbnail" in item:
        named.add(thumbnail_key(item["job_id"]))
    if "manifest" in item:
        named.add(item["manifest"]["key"])
    return named | public_keys_of(item)


def public_keys_of(item: Item) -> set[str]:
    """Return the keys of all public copies that a job has: those of its results, if it is published."""
    if not item.get("published") or item["status"] in OPEN:
        return set()
    results = {name: state["result"] for name, state in item["variants"].items() if "result" in state}
    return {
        public_key(item["job_id"], name, ImageFormat(result["format"]).extension) for name, result in results.items()
    }


async def public_work(cloud: Cloud, installation: Installation) -> list[str]:
    """Return the ids of all jobs on whose public copies there is work left."""
    pages = cloud.dynamodb.get_paginator("scan").paginate(TableName=installation.topology.jobs.name)
    keys = [item["job_id"]["S"] async for page in pages for item in page["Items"]]
    return [job_id for key in keys if (job_id := job_of_public_work(key))]


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
    return {name: _without_version(value) for name, value in item.items() if name not in _VARYING}


def _without_version(value: Any) -> Any:
    """Return a reference to an object without its version, and a set in order."""
    if isinstance(value, dict):
        return {name: part for name, part in value.items() if name != "version_id"}
    return sorted(value) if isinstance(value, set) else value

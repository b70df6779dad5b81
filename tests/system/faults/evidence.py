"""What is left of a job when it is over, told in a form in which two runs of the same upload are equal."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any, Final

from boto3.dynamodb.types import TypeDeserializer

from darkroom.keys import manifest_key
from darkroom_local.installation import Installation
from tests.support.emulator import Cloud

Item = dict[str, Any]

_OF_THE_RUN: Final = frozenset(
    {
        "completed_at",
        "cpu_ms",
        "created_at",
        "manifest",
        "queued_at",
        "redrives",
        "started_at",
        "updated_at",
        "worker",
        "write_token",
    }
)
"""Moments and versions, who did it, how long it took, and how often it was asked for: no two runs agree on these."""


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """A job's item, its manifest and its pictures, the job's id written as JOB."""

    item: str
    manifest: str
    pictures: dict[str, frozenset[str]]
    """By key, the hashes of all versions of an object; one, unless two tries made different pictures."""


async def evidence(cloud: Cloud, installation: Installation, job_id: str) -> Evidence:
    """What is there of a job now."""
    item = await job_item(cloud, installation, job_id)
    pictures = await pictures_of(cloud, installation, job_id)
    manifest = await _manifest(cloud, installation, item)
    return Evidence(
        item=json.dumps(_comparable(item), sort_keys=True, default=str).replace(job_id, "JOB"),
        manifest=json.dumps(manifest, sort_keys=True).replace(job_id, "JOB"),
        pictures={key.replace(job_id, "JOB"): hashes for key, hashes in pictures.items()},
    )


async def job_item(cloud: Cloud, installation: Installation, job_id: str) -> Item:
    """The job's item as plain values; empty when there is none."""
    answer = await cloud.dynamodb.get_item(
        TableName=installation.topology.jobs.name, Key={"job_id": {"S": job_id}}, ConsistentRead=True
    )
    return plain(answer.get("Item", {}))


async def all_items(cloud: Cloud, installation: Installation) -> list[Item]:
    """Every job there is."""
    pages = cloud.dynamodb.get_paginator("scan").paginate(TableName=installation.topology.jobs.name)
    return [plain(item) async for page in pages for item in page["Items"]]


async def pictures_of(cloud: Cloud, installation: Installation, job_id: str) -> dict[str, frozenset[str]]:
    """The hashes of all versions of a job's pictures, by key."""
    bucket = installation.topology.results_bucket.name
    found: dict[str, set[str]] = {}
    async for page in cloud.s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        for version in page.get("Versions", []):
            if job_id in version["Key"] and version["Key"] != manifest_key(job_id):
                answer = await cloud.s3.get_object(Bucket=bucket, Key=version["Key"], VersionId=version["VersionId"])
                digest = hashlib.sha256(await answer["Body"].read()).hexdigest()
                found.setdefault(version["Key"], set()).add(digest)
    return {key: frozenset(hashes) for key, hashes in found.items()}


async def orphans(cloud: Cloud, installation: Installation) -> list[str]:
    """Keys of results that no job names, and of sources that no job has."""
    items = await all_items(cloud, installation)
    named = {state["result"]["key"] for item in items for state in item["variants"].values() if "result" in state}
    named |= {item["source_key"] for item in items}
    named |= {item["manifest"]["key"] for item in items if "manifest" in item}
    keys: set[str] = set()
    for bucket in installation.topology.buckets:
        async for page in cloud.s3.get_paginator("list_object_versions").paginate(Bucket=bucket.name):
            keys |= {version["Key"] for version in page.get("Versions", [])}
    return sorted(keys - named)


async def _manifest(cloud: Cloud, installation: Installation, item: Item) -> dict[str, Any]:
    """What the manifest says that a job names, as far as it says the same in each run; empty when there is none."""
    if "manifest" not in item:
        return {}
    answer = await cloud.s3.get_object(
        Bucket=installation.topology.results_bucket.name,
        Key=item["manifest"]["key"],
        VersionId=item["manifest"]["version_id"],
    )
    document = json.loads(await answer["Body"].read())
    del document["source"]["version_id"], document["cost"]["cpu_ms"]
    return {name: value for name, value in document.items() if name != "timings"}


def plain(item: Any) -> Item:
    """An item's values without DynamoDB's types."""
    read = TypeDeserializer().deserialize
    return {name: read(value) for name, value in item.items()}


def _comparable(item: Item) -> Item:
    kept = {name: value for name, value in item.items() if name not in _OF_THE_RUN}
    if "source" in kept:
        kept["source"] = {name: value for name, value in kept["source"].items() if name != "version_id"}
    return {name: sorted(value) if isinstance(value, set) else value for name, value in kept.items()}

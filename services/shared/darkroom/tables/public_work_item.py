"""What is still to be done about a job's public copies, as an item of its own: `<id>#public`.

It is in the index of open jobs, so the sweeper finds it by its deadline. It does not depend on the job's item: it lives
on while the job is retried, cancelled or deleted.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, Final

from darkroom import clock
from darkroom.tables.dynamodb import Item, deserialized, epoch, serialized
from darkroom.tables.job_item import open_shard

_PUBLIC: Final = "#public"


class PublicWorkKind(StrEnum):
    """What is to be done."""

    PUBLISH = "publish"
    """The results of an ended job are copied. Then the job is published."""
    WITHDRAW = "withdraw"
    """The job is no longer published. Its copies are deleted, and the CDN forgets them."""


@dataclass(frozen=True, kw_only=True)
class PublicWork:
    """Work on the public copies of one job. A job has one such item at most."""

    job_id: str
    kind: PublicWorkKind
    token: str
    """Name of this piece of work. Another piece of work for the same job has another."""
    began_at: datetime
    deadline: datetime
    """Moment at which the sweeper continues it."""
    keys: frozenset[str] = frozenset()
    """Keys of the copies that a withdrawal removes, as far as its job named them. The bucket may have more."""
    invalidation: str | None = None
    """The CDN's id of the invalidation of these keys, once there is one."""
    then_publish: bool = False
    """Whether the job is to be published again after the withdrawal."""


def public_work_key(job_id: str) -> Item:
    """Return the primary key of the work on a job's public copies."""
    return {"job_id": {"S": job_id + _PUBLIC}}


def job_of_public_work(key: str) -> str | None:
    """Return the job's id if this is the primary key of work on public copies, otherwise None."""
    return key.removesuffix(_PUBLIC) if key.endswith(_PUBLIC) else None


def public_work_item(work: PublicWork) -> Item:
    """Return the work as an item."""
    return public_work_key(work.job_id) | serialized(
        {
            "open_shard": open_shard(work.job_id),
            "deadline": epoch(work.deadline),
            "kind": work.kind.value,
            "token": work.token,
            "began_at": clock.iso(work.began_at),
            "keys": set(work.keys) or None,
            "invalidation": work.invalidation,
            "then_publish": work.then_publish or None,
        }
    )


def public_work_of(item: Mapping[str, Any]) -> PublicWork:
    """Return the work that `public_work_item` wrote."""
    read = deserialized(item)
    return PublicWork(
        job_id=read["job_id"].removesuffix(_PUBLIC),
        kind=PublicWorkKind(read["kind"]),
        token=read["token"],
        began_at=clock.parse(read["began_at"]),
        deadline=datetime.fromtimestamp(int(read["deadline"]), UTC),
        keys=frozenset(read.get("keys", ())),
        invalidation=read.get("invalidation"),
        then_publish=read.get("then_publish", False),
    )

"""The queues, buckets, tables and the topic of an installation in AWS, with all their parameters.

This is the only definition. The local bootstrap creates them on an emulator, and the CDK stacks create them in an AWS
account. Neither has parameters of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from darkroom.object_keys import DIRECT, INCOMING

DAY_SECONDS: Final = 24 * 60 * 60


@dataclass(frozen=True, kw_only=True)
class QueueSpec:
    """An SQS queue and its dead-letter queue."""

    name: str
    visibility_seconds: int = 60
    max_receives: int = 10
    """Receives before a message goes to the dead-letter queue. The pauses between ten receives add up to an hour."""
    retention_seconds: int = 14 * DAY_SECONDS

    @property
    def dlq_name(self) -> str:
        """Return the name of the dead-letter queue."""
        return f"{self.name}-dlq"


@dataclass(frozen=True, kw_only=True)
class BucketSpec:
    """An S3 bucket. All buckets are private, encrypted and versioned, and allow TLS only."""

    name: str
    expire_days: int | None = None
    """Days until objects expire; None keeps them."""
    noncurrent_days: int = 30
    """Days until an old version is deleted: one that has expired, or that was deleted or replaced."""
    abort_multipart_days: int = 1
    notify_prefixes: tuple[str, ...] = ()
    """Prefixes whose ObjectCreated events go to the queue `uploads`."""


@dataclass(frozen=True, kw_only=True)
class AttributeSpec:
    """A key attribute of a table: its name and its DynamoDB type (text or number)."""

    name: str
    type: Literal["S", "N"]


@dataclass(frozen=True, kw_only=True)
class IndexSpec:
    """A global secondary index."""

    name: str
    partition: AttributeSpec
    sort: AttributeSpec
    include: tuple[str, ...] = ()
    """Attributes that the index has beside the keys. Each change of one is also a write of the index."""


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """A DynamoDB table. All tables are billed on demand and have point-in-time recovery."""

    name: str
    partition: AttributeSpec
    ttl_attribute: str
    indexes: tuple[IndexSpec, ...] = ()


BY_OWNER: Final = IndexSpec(
    # It has only keys, which never change: a job is one write when it is created and one when it is deleted. Each owner
    # has several shards, because an owner can create more jobs a second than one partition accepts writes.
    name="by-owner",
    partition=AttributeSpec(name="owner_shard", type="S"),
    sort=AttributeSpec(name="owner_order", type="S"),
)
OWNER_SHARDS: Final = 4
OPEN_BY_DEADLINE: Final = IndexSpec(
    # Sparse: only open jobs, and ended ones whose event is not published yet, have `open_shard`. It has shards
    # because one partition could not accept the writes of all open jobs. A job is one write when it is created and
    # one when it ends. Its deadline seldom changes in between.
    name="open-by-deadline",
    partition=AttributeSpec(name="open_shard", type="N"),
    sort=AttributeSpec(name="deadline", type="N"),
)
OPEN_SHARDS: Final = 16
KEYS_BY_OWNER: Final = IndexSpec(
    # Sparse: only API keys have `key_owner`. Few writes of the accounts table are about keys.
    name="keys-by-owner",
    partition=AttributeSpec(name="key_owner", type="S"),
    sort=AttributeSpec(name="created_at", type="S"),
)
BY_SLOT: Final = IndexSpec(
    # Sparse: only queued and processing jobs have slots, and only where owners have a limit of tasks in flight.
    name="by-slot",
    partition=AttributeSpec(name="slot_owner", type="S"),
    sort=AttributeSpec(name="slot_order", type="S"),
    include=("slot_count",),
)

CALLBACK_ATTRIBUTE: Final = "callback"
"""Message attribute of events of jobs with a callback URL. Its value is `true`; other events do not have it."""
CALLBACK_FILTER: Final = {CALLBACK_ATTRIBUTE: ["true"]}
"""Filter policy of the subscription of the queue `notifications` to the topic of job events. Its delivery is raw."""
DELIVERY_ATTEMPTS: Final = 10
"""Tries of a webhook before its message goes to the dead-letter queue."""
ARRIVAL_TRIES: Final = 20
"""Receives of an announcement. They are many, because nothing else is known of a drop until its job is created."""
TASK_TRIES: Final = 7
"""Receives of a task before it goes to the dead-letter queue.

A worker can die by accident, but hardly seven times. The pauses between seven receives add up to a bit less than the
time after which the sweeper fails a job. So a long outage of S3 ends all jobs for the same reason.
"""


@dataclass(frozen=True, kw_only=True)
class Topology:
    """All resources of one installation."""

    uploads: QueueSpec
    tasks: QueueSpec
    reports: QueueSpec
    notifications: QueueSpec
    """Subscribed to the topic of job events, with `CALLBACK_FILTER`."""
    originals: BucketSpec
    results: BucketSpec
    jobs: TableSpec
    accounts: TableSpec
    job_events_topic: str

    @classmethod
    def named(cls, prefix: str) -> "Topology":
        """Return the topology in which all names begin with `prefix` and a dash."""
        return cls(
            uploads=QueueSpec(name=f"{prefix}-uploads", max_receives=ARRIVAL_TRIES),
            tasks=QueueSpec(name=f"{prefix}-tasks", max_receives=TASK_TRIES),
            reports=QueueSpec(name=f"{prefix}-reports"),
            notifications=QueueSpec(name=f"{prefix}-notifications", max_receives=DELIVERY_ATTEMPTS),
            originals=BucketSpec(
                name=f"{prefix}-originals",
                expire_days=7,
                # An expired or replaced original stays readable as an old version until that is deleted.
                noncurrent_days=1,
                notify_prefixes=(f"{DIRECT}/", f"{INCOMING}/"),
            ),
            results=BucketSpec(name=f"{prefix}-results"),
            jobs=TableSpec(
                name=f"{prefix}-jobs",
                partition=AttributeSpec(name="job_id", type="S"),
                ttl_attribute="expires_at",
                indexes=(BY_OWNER, OPEN_BY_DEADLINE, BY_SLOT),
            ),
            accounts=TableSpec(
                name=f"{prefix}-accounts",
                partition=AttributeSpec(name="id", type="S"),
                ttl_attribute="expires_at",
                indexes=(KEYS_BY_OWNER,),
            ),
            job_events_topic=f"{prefix}-job-events",
        )

    @property
    def queues(self) -> Iterator[QueueSpec]:
        """Return all queues."""
        return iter((self.uploads, self.tasks, self.reports, self.notifications))

    @property
    def buckets(self) -> Iterator[BucketSpec]:
        """Return all buckets."""
        return iter((self.originals, self.results))

    @property
    def tables(self) -> Iterator[TableSpec]:
        """Return all tables."""
        return iter((self.jobs, self.accounts))

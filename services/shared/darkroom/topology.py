"""What Darkroom owns in AWS, and how each thing is set up: queues, buckets, tables and the topic.

The one definition. The local bootstrap creates these on an emulator and the CDK stacks create them in an account;
neither states a parameter of its own.
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
    """Receives before a message goes to the dead-letter queue: the pauses between ten take an hour."""
    retention_seconds: int = 14 * DAY_SECONDS

    @property
    def dlq_name(self) -> str:
        """The name of the dead-letter queue."""
        return f"{self.name}-dlq"


@dataclass(frozen=True, kw_only=True)
class BucketSpec:
    """An S3 bucket: always private, encrypted, versioned and TLS only."""

    name: str
    expire_days: int | None = None
    """Days until objects expire; None keeps them."""
    noncurrent_days: int = 30
    """Days until a version is deleted that has expired, or that was deleted or replaced by hand."""
    abort_multipart_days: int = 1
    notify_prefixes: tuple[str, ...] = ()
    """Prefixes whose ObjectCreated events go to the uploads queue."""


@dataclass(frozen=True, kw_only=True)
class AttributeSpec:
    """A key attribute of a table: its name and DynamoDB type."""

    name: str
    type: Literal["S", "N"]


@dataclass(frozen=True, kw_only=True)
class IndexSpec:
    """A global secondary index."""

    name: str
    partition: AttributeSpec
    sort: AttributeSpec
    include: tuple[str, ...] = ()
    """Attributes projected beside the keys; few, since each change of one is written twice."""


@dataclass(frozen=True, kw_only=True)
class TableSpec:
    """A DynamoDB table, billed on demand, with point-in-time recovery."""

    name: str
    partition: AttributeSpec
    ttl_attribute: str
    indexes: tuple[IndexSpec, ...] = ()


BY_OWNER: Final = IndexSpec(
    # Keys alone, which never change: a job costs one write when it is made, and one when it is deleted. In shards,
    # since one owner may make more jobs a second than one partition takes writes.
    name="by-owner",
    partition=AttributeSpec(name="owner_shard", type="S"),
    sort=AttributeSpec(name="owner_order", type="S"),
)
OWNER_SHARDS: Final = 4
OPEN_BY_DEADLINE: Final = IndexSpec(
    # Sparse: only open jobs have `open_shard`. Sharded, because one partition could not take all open jobs. A job costs
    # one write when it is made and one when it ends; its deadline moves only when lost work is to be found sooner.
    name="open-by-deadline",
    partition=AttributeSpec(name="open_shard", type="N"),
    sort=AttributeSpec(name="deadline", type="N"),
)
OPEN_SHARDS: Final = 16
KEYS_BY_OWNER: Final = IndexSpec(
    # Sparse: only API keys have `key_owner`, and few of the accounts table's writes are to keys.
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
"""Message attribute of the events of jobs that have a callback URL, `true`. Others do not carry it."""
CALLBACK_FILTER: Final = {CALLBACK_ATTRIBUTE: ["true"]}
"""The filter policy under which the notifications queue subscribes to the topic of job events, with raw delivery."""
DELIVERY_ATTEMPTS: Final = 10
"""How often a webhook is sent before its message goes to the dead-letter queue."""
ARRIVAL_TRIES: Final = 20
"""Receives of an announcement. Of a drop it is all that is known until its job is made, so it outlasts the most."""
TASK_TRIES: Final = 7
"""Receives of a task before it is dead.

A worker may die of bad luck, but hardly seven times. And the pauses between seven take somewhat less than the sweeper
takes to give a job up, so that an S3 that is away for long ends jobs by one and the same reason.
"""


@dataclass(frozen=True, kw_only=True)
class Topology:
    """All resources of one installation."""

    uploads: QueueSpec
    tasks: QueueSpec
    reports: QueueSpec
    notifications: QueueSpec
    """Subscribed to the topic of job events, under `CALLBACK_FILTER`."""
    originals: BucketSpec
    results: BucketSpec
    jobs: TableSpec
    accounts: TableSpec
    job_events_topic: str

    @classmethod
    def named(cls, prefix: str) -> "Topology":
        """The topology whose resources all begin with `prefix` and a dash."""
        return cls(
            uploads=QueueSpec(name=f"{prefix}-uploads", max_receives=ARRIVAL_TRIES),
            tasks=QueueSpec(name=f"{prefix}-tasks", max_receives=TASK_TRIES),
            reports=QueueSpec(name=f"{prefix}-reports"),
            notifications=QueueSpec(name=f"{prefix}-notifications", max_receives=DELIVERY_ATTEMPTS),
            originals=BucketSpec(
                name=f"{prefix}-originals",
                expire_days=7,
                # What has expired or was replaced stays readable as an old version until it is deleted.
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
        """Every queue."""
        return iter((self.uploads, self.tasks, self.reports, self.notifications))

    @property
    def buckets(self) -> Iterator[BucketSpec]:
        """Every bucket."""
        return iter((self.originals, self.results))

    @property
    def tables(self) -> Iterator[TableSpec]:
        """Every table."""
        return iter((self.jobs, self.accounts))

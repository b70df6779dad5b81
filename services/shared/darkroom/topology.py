"""The queues, buckets, tables and the topic of an installation in AWS, with all their parameters.

This is the only definition. The local bootstrap creates them on an emulator, and the CDK stacks create them in an AWS
account. Neither has parameters of its own.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from darkroom.limits import DEFAULT_ORIGINAL_DAYS, LONGEST_ORIGINAL_DAYS
from darkroom.object_keys import DIRECT, INCOMING, PREVIEWS

DAY_SECONDS: Final = 24 * 60 * 60
EXPIRE_TAG: Final = "expire"
"""Tag of an object that expires. Its value is the number of days. An object without it is kept."""


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
class Lifetime:
    """Some objects of a bucket that expire: those below a prefix, or those with the tag `expire`.

    An expired or replaced version stays readable by its id for `noncurrent_days` more.
    """

    days: int
    prefix: str | None = None
    """Beginning of the objects' keys. None means the objects whose tag `expire` has the value `days`."""
    noncurrent_days: int = 1

    @property
    def name(self) -> str:
        """Return the name of the lifecycle rule."""
        return f"{EXPIRE_TAG}-{self.days}" if self.prefix is None else f"{EXPIRE_TAG}-{self.prefix.rstrip('/')}"


@dataclass(frozen=True, kw_only=True)
class BucketSpec:
    """An S3 bucket. All buckets are private, encrypted and versioned, and allow TLS only."""

    name: str
    expire_days: int | None = None
    """Days until all objects expire; None keeps them."""
    noncurrent_days: int | None = 30
    """Days until an old version is deleted: one that has expired, or that was deleted or replaced. None keeps it."""
    lifetimes: tuple[Lifetime, ...] = ()
    """Objects that expire before the others."""
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
CHANGES: Final = IndexSpec(
    # The latest change of each job, and the deletions of the last day, sorted by time. Each change that clients can see
    # moves the job's entry: two writes. A partition has the changes of ten minutes, because only the latest are read.
    name="changes",
    partition=AttributeSpec(name="change_bucket", type="S"),
    sort=AttributeSpec(name="change_order", type="S"),
    include=("owner",),
)
CHANGE_SHARDS: Final = 16
"""Partitions of the index of changes at the same time. One could not accept the writes of all jobs."""

CALLBACK_ATTRIBUTE: Final = "callback"
"""Message attribute of events of jobs with a callback URL. Its value is `true`; other events do not have it."""
CALLBACK_FILTER: Final = {CALLBACK_ATTRIBUTE: ["true"]}
"""Filter policy of the subscription of the queue `notifications` to the topic of job events. Its delivery is raw."""
DELIVERY_ATTEMPTS: Final = 10
"""Tries of a webhook before its message goes to the dead-letter queue."""
ARRIVAL_TRIES: Final = 20
"""Receives of an announcement. They are many, because nothing else is known of a drop until its job is created."""
IMPORT_TRIES: Final = 5
"""Tries to fetch the URL of an import. The job's record counts them, since several messages may ask for one import."""
TASK_TRIES: Final = 7
"""Receives of a task before it goes to the dead-letter queue.

A worker can die by accident, but hardly seven times. The pauses between seven receives add up to a bit less than the
time after which the sweeper fails a job. So a long outage of S3 ends all jobs for the same reason.
"""


def original_lifetimes(drop_days: int) -> tuple[Lifetime, ...]:
    """Return which originals expire. Lifecycle rules cannot say "without a tag", so what expires has the tag.

    Each number of days that an installation may choose has its rule, so a later choice keeps no older original forever.
    Who drops a file sends no tag.
    """
    by_tag = (Lifetime(days=days) for days in range(1, LONGEST_ORIGINAL_DAYS + 1))
    return (*by_tag, Lifetime(prefix=f"{INCOMING}/", days=drop_days))


@dataclass(frozen=True, kw_only=True)
class Topology:
    """All resources of one installation."""

    uploads: QueueSpec
    imports: QueueSpec
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
    def named(cls, prefix: str, *, original_days: int = DEFAULT_ORIGINAL_DAYS) -> "Topology":
        """Return the topology in which all names begin with `prefix` and a dash. Drops expire after `original_days`."""
        return cls(
            uploads=QueueSpec(name=f"{prefix}-uploads", max_receives=ARRIVAL_TRIES),
            imports=QueueSpec(name=f"{prefix}-imports"),
            tasks=QueueSpec(name=f"{prefix}-tasks", max_receives=TASK_TRIES),
            reports=QueueSpec(name=f"{prefix}-reports"),
            notifications=QueueSpec(name=f"{prefix}-notifications", max_receives=DELIVERY_ATTEMPTS),
            originals=BucketSpec(
                name=f"{prefix}-originals",
                # Without the tag, a version lasts as long as its job, even if another one has replaced it.
                noncurrent_days=None,
                lifetimes=original_lifetimes(original_days),
                notify_prefixes=(f"{DIRECT}/", f"{INCOMING}/"),
            ),
            results=BucketSpec(
                name=f"{prefix}-results",
                # The net under the orchestrator, which deletes a preview when its client has it.
                lifetimes=(Lifetime(prefix=f"{PREVIEWS}/", days=1),),
            ),
            jobs=TableSpec(
                name=f"{prefix}-jobs",
                partition=AttributeSpec(name="job_id", type="S"),
                ttl_attribute="expires_at",
                indexes=(BY_OWNER, OPEN_BY_DEADLINE, BY_SLOT, CHANGES),
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
        return iter((self.uploads, self.imports, self.tasks, self.reports, self.notifications))

    @property
    def buckets(self) -> Iterator[BucketSpec]:
        """Return all buckets."""
        return iter((self.originals, self.results))

    @property
    def tables(self) -> Iterator[TableSpec]:
        """Return all tables."""
        return iter((self.jobs, self.accounts))

"""The topology of an installation."""

from itertools import chain

from darkroom.topology import BY_OWNER, BY_SLOT, CHANGES, DAY_SECONDS, OPEN_BY_DEADLINE, Topology

TOPOLOGY = Topology.named("darkroom-dev")


def test_every_name_begins_with_the_prefix_and_no_two_are_the_same() -> None:
    queues = [*TOPOLOGY.queues]
    names = [
        *(queue.name for queue in queues),
        *(queue.dlq_name for queue in queues),
        *(table.name for table in TOPOLOGY.tables),
        TOPOLOGY.job_events_topic,
    ]
    buckets = [bucket.name for bucket in TOPOLOGY.buckets]
    assert all(name.startswith("darkroom-dev-") for name in chain(names, buckets))
    assert len(set(names)) == len(names)
    assert len(set(buckets)) == len(buckets)


def test_two_installations_share_nothing() -> None:
    one, other = Topology.named("a"), Topology.named("b")
    assert not {queue.name for queue in one.queues} & {queue.name for queue in other.queues}
    assert not {bucket.name for bucket in one.buckets} & {bucket.name for bucket in other.buckets}
    assert not {table.name for table in one.tables} & {table.name for table in other.tables}


def test_messages_are_kept_for_two_weeks_and_hidden_for_a_minute() -> None:
    assert {(queue.retention_seconds, queue.visibility_seconds) for queue in TOPOLOGY.queues} == {
        (14 * DAY_SECONDS, 60)
    }
    receives = {queue.name.removeprefix("darkroom-dev-"): queue.max_receives for queue in TOPOLOGY.queues}
    assert receives == {"uploads": 20, "imports": 10, "tasks": 7, "reports": 10, "notifications": 10}


def test_originals_and_previews_expire_and_s3_announces_only_drops_and_presigned_uploads() -> None:
    assert [bucket.expire_days for bucket in TOPOLOGY.buckets] == [None, None]
    tagged = [lifetime.days for lifetime in TOPOLOGY.originals.lifetimes if lifetime.prefix is None]
    dropped = {lifetime.prefix: lifetime.days for lifetime in TOPOLOGY.originals.lifetimes if lifetime.prefix}
    assert (tagged, dropped) == ([*range(1, 31)], {"incoming/": 7})
    assert TOPOLOGY.originals.notify_prefixes == ("direct/", "incoming/")
    assert TOPOLOGY.results.notify_prefixes == ()
    assert [(lifetime.prefix, lifetime.days) for lifetime in TOPOLOGY.results.lifetimes] == [("previews/", 1)]


def test_jobs_are_found_by_owner_when_they_are_late_and_when_it_is_their_turn() -> None:
    assert TOPOLOGY.jobs.indexes == (BY_OWNER, OPEN_BY_DEADLINE, BY_SLOT, CHANGES)
    assert (TOPOLOGY.jobs.partition.name, TOPOLOGY.accounts.partition.name) == ("job_id", "id")
    assert (BY_OWNER.partition.name, BY_OWNER.sort.name, BY_OWNER.include) == ("owner_shard", "owner_order", ())
    assert (OPEN_BY_DEADLINE.partition.name, OPEN_BY_DEADLINE.sort.name) == ("open_shard", "deadline")
    assert (BY_SLOT.partition.name, BY_SLOT.sort.name, BY_SLOT.include) == ("slot_owner", "slot_order", ("slot_count",))
    assert {table.ttl_attribute for table in TOPOLOGY.tables} == {"expires_at"}

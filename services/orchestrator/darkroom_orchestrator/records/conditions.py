"""The conditions under which a job may change, each with what it keeps from happening.

A condition is part of the write: DynamoDB checks it and writes as one step. A lost condition says that the job went
on meanwhile, which is normal where every message may come twice, late and out of order.

In the texts `#name` stands for the attribute of that name, which may be one of DynamoDB's reserved words.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from darkroom.clock import iso
from darkroom.jobs import JobStatus
from darkroom.tables.dynamodb import epoch


@dataclass(frozen=True, kw_only=True)
class Condition:
    """The text of a condition and the values that stand in it as `:name`."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(text=f"{self.text} AND {other.text}", values={**self.values, **other.values})


def status_in(statuses: Collection[JobStatus]) -> Condition:
    """The job stands where this change starts from.

        handler A   reads awaiting_upload ─────────────── writes queued: refused
        handler B         reads awaiting_upload ── writes queued, sends tasks

    Two messages announce one upload. Both read a waiting job, one write wins, one set of tasks is sent. In the same
    way nothing moves a job that was cancelled or has expired.
    """
    values = {f"from_{status.value}": status.value for status in sorted(statuses)}
    return Condition(text=f"#status IN ({', '.join(f':{name}' for name in values)})", values=values)


def attempt_is(attempt: int) -> Condition:
    """The job is still in the run that this is about.

        worker     attempt 1 is slow ───────────────────────── reports a failure: refused
        owner                   sees "failed", asks for a retry
        job        failed (1) ── queued (2) ── processing (2)

    What an earlier run reports must not end the present one.
    """
    return Condition(text="#attempt = :seen_attempt", values={"seen_attempt": attempt})


def only_pending(parts: Collection[str]) -> Condition:
    """The job waits for these parts and for no other: taking them ends it.

        task 0   reads pending {a, b} ── takes a, as one of two
        task 1   reads pending {a, b} ─────────────── takes b, as one of two: refused; reads {b}, closes the job

    Had both been let through as "one of two", nobody would have closed the job; a count kept apart from the set
    could be decremented twice for one report.
    """
    return _pending(parts, "=")


def pending_among_others(parts: Collection[str]) -> Condition:
    """The job waits for these parts and for others as well: taking them does not end it (see `only_pending`).

    task 0           takes a ── the answer is lost
    task 0, again                 takes a: refused, since a is no longer pending
    """
    return _pending(parts, ">")


def _pending(parts: Collection[str], comparison: str) -> Condition:
    names = {f"part_{number}": part for number, part in enumerate(sorted(parts))}
    each = " AND ".join(f"contains(#pending, :{name})" for name in names)
    return Condition(
        text=f"size(#pending) {comparison} :part_count AND {each}", values={**names, "part_count": len(parts)}
    )


def deadline_is(deadline: datetime | None) -> Condition:
    """The deadline is the one that was seen to have passed.

        sweeper A   finds the job overdue ── moves the deadline, sends the tasks again
        sweeper B         finds the job overdue ──────────── moves the deadline: refused, sends nothing

    Several orchestrators sweep at the same time.
    """
    if deadline is None:
        return Condition(text="attribute_not_exists(#deadline)")
    return Condition(text="#deadline = :seen_deadline", values={"seen_deadline": epoch(deadline)})


def unchanged_since(moment: datetime) -> Condition:
    """The job has made no progress since it was read, when its last change was at this moment.

    sweeper    finds the job idle for a period ──────────────────── sends the tasks again: refused
    worker           was slow, and takes the task ── "processing"
    """
    return Condition(text="#updated_at = :seen_update", values={"seen_update": iso(moment)})


def slot_order_is(order: str) -> Condition:
    """The job still waits for its slots, as it did when the index was read.

        job A   ends ── finds B waiting ── sends B's tasks
        job C      ends ── finds B waiting ──────────── sends B's tasks: refused

    Several jobs of one owner end at the same time, and each gives its slots to the next one.
    """
    return Condition(text="#slot_order = :seen_order", values={"seen_order": order})


def not_being_deleted() -> Condition:
    """Nobody has begun to delete the job's objects.

        owner, tab 1   deletes: marks the job, deletes its source …            … deletes the record
        owner, tab 2                                        retries: refused

    Without the mark the retry would queue a job whose source is half gone.
    """
    return Condition(text="attribute_not_exists(#deletion_began_at)")


def being_deleted() -> Condition:
    """The mark of `not_being_deleted` is there: the record goes last, and goes only with its objects."""
    return Condition(text="attribute_exists(#deletion_began_at)")


def results_within(most: int, more: int) -> Condition:
    """The job's results are few enough bytes for these to be added.

        task 0   reads 40 MiB of 64 ── adds 20 MiB
        task 1   reads 40 MiB of 64 ─────────── adds 20 MiB: refused; reads 60, and one of its pictures fails

    Tasks of one job do not know of each other.
    """
    return Condition(
        text="(attribute_not_exists(#results_bytes) OR #results_bytes <= :results_room)",
        values={"results_room": max(most - more, 0)},
    )


def results_are(size: int) -> Condition:
    """The job's results have as many bytes as was seen: that is what its owner is charged for.

    owner    reads 10 MiB ───────────────── cancels, and is charged for 10 MiB: refused; reads 30
    task 1         reads 10 MiB ── adds 20 MiB
    """
    if size == 0:
        return Condition(text="attribute_not_exists(#results_bytes)")
    return Condition(text="#results_bytes = :seen_results", values={"seen_results": size})

"""The conditions under which a job may change. Each docstring shows what its condition prevents.

A condition is part of the write: DynamoDB checks it and writes in one step. A condition that is not met says that the
job has changed meanwhile. That is normal, since every message may come twice, late and out of order.

In the texts, `#name` stands for the attribute of that name, which may be a reserved word of DynamoDB.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from darkroom.clock import iso
from darkroom.jobs import Job, JobStatus, Thumbnail
from darkroom.tables.dynamodb import epoch
from darkroom.tables.variant_text import variant_text


@dataclass(frozen=True, kw_only=True)
class Condition:
    """The text of a condition, and the values that it names as `:name`."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(text=f"{self.text} AND {other.text}", values={**self.values, **other.values})


def status_in(statuses: Collection[JobStatus]) -> Condition:
    """The job has one of these statuses.

        handler A   reads awaiting_upload ─────────────── writes queued: refused
        handler B         reads awaiting_upload ── writes queued, sends tasks

    Two messages announce one upload. Both handlers read a waiting job, one write wins, one set of tasks is sent. In the
    same way, nothing changes a job that was cancelled or has expired.
    """
    values = {f"from_{status.value}": status.value for status in sorted(statuses)}
    return Condition(text=f"#status IN ({', '.join(f':{name}' for name in values)})", values=values)


def attempt_is(attempt: int) -> Condition:
    """The job is still in this attempt.

        worker     attempt 1 is slow ───────────────────────── reports a failure: refused
        owner                   sees "failed", asks for a retry
        job        failed (1) ── queued (2) ── processing (2)

    A report of an earlier attempt must not end the present one.
    """
    return Condition(text="#attempt = :seen_attempt", values={"seen_attempt": attempt})


def pending_is_exactly(parts: Collection[str]) -> Condition:
    """These parts are pending and no others: settling them ends the job.

        task 0   reads pending {a, b} ── settles a, as one of two
        task 1   reads pending {a, b} ────────────── settles b, as one of two: refused; reads {b}, ends the job

    If both writes had succeeded as "one of two", nothing would have ended the job. A separate count could be
    decremented twice for one report.
    """
    return _pending(parts, "=")


def pending_is_more_than(parts: Collection[str]) -> Condition:
    """These parts are pending and others too: settling them does not end the job (see `pending_is_exactly`).

    task 0           settles a ── the answer is lost
    task 0, again                   settles a: refused, since a is no longer pending
    """
    return _pending(parts, ">")


def _pending(parts: Collection[str], comparison: str) -> Condition:
    names = {f"part_{number}": part for number, part in enumerate(sorted(parts))}
    each = " AND ".join(f"contains(#pending, :{name})" for name in names)
    return Condition(
        text=f"size(#pending) {comparison} :part_count AND {each}", values={**names, "part_count": len(parts)}
    )


def deadline_is(deadline: datetime | None) -> Condition:
    """The deadline is the one that was read.

        sweeper A   finds the job overdue ── moves the deadline, sends the tasks again
        sweeper B         finds the job overdue ──────────── moves the deadline: refused, sends nothing

    Several orchestrators sweep at the same time.
    """
    if deadline is None:
        return Condition(text="attribute_not_exists(#deadline)")
    return Condition(text="#deadline = :seen_deadline", values={"seen_deadline": epoch(deadline)})


def unchanged_since(moment: datetime) -> Condition:
    """The job has not changed since it was read. `moment` is its last change.

    sweeper    finds the job idle for a period ──────────────────── sends the tasks again: refused
    worker           is late, and receives the task ── "processing"
    """
    return Condition(text="#updated_at = :seen_update", values={"seen_update": iso(moment)})


def import_tries_are(tries: int) -> Condition:
    """No other try to fetch the original has begun.

        message A   reads 1 try ── begins try 2 ──────────────────── fails the job: refused
        message B         reads 1 try ── begins try 2: refused
        message A, again                               begins try 3

    Several messages may ask for one import. Each try counts once, and only the last one may end the job.
    """
    return Condition(text="#import_tries = :seen_tries", values={"seen_tries": tries})


def slot_order_is(order: str) -> Condition:
    """The job still waits for its slots, as it did when the index was read.

        job A   ends ── finds B waiting ── sends B's tasks
        job C      ends ── finds B waiting ──────────── sends B's tasks: refused

    Several jobs of one owner end at the same time, and each gives its slots to the next one.
    """
    return Condition(text="#slot_order = :seen_order", values={"seen_order": order})


def not_being_deleted() -> Condition:
    """The deletion of the job's objects has not begun.

        owner, tab 1   deletes: marks the job, deletes its original …          … deletes the record
        owner, tab 2                                        retries: refused

    Without the mark, the retry would queue a job whose original is being deleted.
    """
    return Condition(text="attribute_not_exists(#deletion_began_at)")


def being_deleted() -> Condition:
    """The deletion of the job's objects has begun. The record is deleted last, after its objects."""
    return Condition(text="attribute_exists(#deletion_began_at)")


def published_is(*, published: bool) -> Condition:
    """The job is published, or is not, as it was when it was read.

    report   reads "published" ── copies the results ───────────── ends the job, naming the copies: refused
    owner                            withdraws the publication

    The copies of such a report are removed by the withdrawal, which looks for them again after a period.
    """
    return Condition(text=f"attribute_{'exists' if published else 'not_exists'}(#published)")


def variant_is(job: Job, name: str) -> Condition:
    """The variant is as it was read.

    report     reads "on request" ── records the result ── the answer is lost
    the same, again                                          reads "on request": refused; reads "completed"

    Only one report on a variant on request counts, with its bytes and its cost.
    """
    number = list(job.variants).index(name)
    seen = variant_text(job.variants[name], number, job.job_id)
    return Condition(text=f"#variants.#variant_{number} = :seen_variant", values={"seen_variant": seen})


def results_within(most: int, more: int) -> Condition:
    """The job's results and `more` bytes have at most `most` bytes together.

        task 0   reads 40 MiB of 64 ── adds 20 MiB
        task 1   reads 40 MiB of 64 ─────────── adds 20 MiB: refused; reads 60, and one of its variants fails

    Tasks of one job do not know what the others store.
    """
    return Condition(
        text="(attribute_not_exists(#results_bytes) OR #results_bytes <= :results_room)",
        values={"results_room": max(most - more, 0)},
    )


def results_are(size: int) -> Condition:
    """The job's results have this many bytes, which are counted for its owner.

    owner    reads 10 MiB ───────────────── cancels, and 10 MiB are counted: refused; reads 30
    task 1         reads 10 MiB ── adds 20 MiB
    """
    if size == 0:
        return Condition(text="attribute_not_exists(#results_bytes)")
    return Condition(text="#results_bytes = :seen_results", values={"seen_results": size})


def never_queued() -> Condition:
    """The job has not been queued, so no original is kept for it.

    owner      reads a waiting job ──────────────────── cancels, and no original is counted: refused; reads it again
    arrival          keeps the original ── "queued"
    """
    return Condition(text="attribute_not_exists(#queued_at)")


def thumbnail_is(thumbnail: Thumbnail | None) -> Condition:
    """The job has a thumbnail, or has none, as it was read: its bytes are counted for the owner (see `results_are`)."""
    return Condition(text=f"attribute_{'exists' if thumbnail else 'not_exists'}(#thumbnail)")

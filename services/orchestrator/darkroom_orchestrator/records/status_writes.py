"""The attributes that every change of a job's status writes, and the condition of that write."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

from darkroom.clock import iso
from darkroom.jobs import JobStatus
from darkroom.tables.change_marks import change_marks
from darkroom_orchestrator.records.changes import Change, put, remove
from darkroom_orchestrator.records.conditions import Condition, status_in

NO_SLOTS: Final = remove("slot_owner", "slot_order", "slot_count")
"""A job that ends gives its slots back."""
NO_IMPORT: Final = remove("import_url", "import_tries", "import_bytes_per_day")
"""A job that has its original, or has ended, forgets the URL of its import. The URL may have a token."""
CLOSED: Final = remove("open_shard", "deadline", "pending") & NO_SLOTS
"""A job that ends by a report or a refusal leaves the index of open jobs and gives its slots back."""


def status_change(
    starts: Collection[JobStatus], end: JobStatus, change: Change, condition: Condition | None, moment: datetime
) -> tuple[Change, Condition]:
    """Return the change and the condition that set the status from any of `starts` to `end`, together with `change`.

    Raises ValueError unless `JobStatus.may_become` allows this.
    """
    illegal = [start for start in starts if start is not end and not start.may_become(end)]
    if illegal:
        raise ValueError(f"a job cannot become {end} from {illegal}")
    change = put(status=end.value, updated_at=iso(moment), **change_marks(moment)) & change
    starting = status_in(starts)
    return change, starting & condition if condition else starting

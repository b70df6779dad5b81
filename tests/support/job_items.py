"""Distinguishes the items of jobs from other items, for tests that scan the jobs table."""

from darkroom.requested_images import RequestId
from darkroom.tables.action_item import action_key, running_key
from darkroom.tables.change_marks import tombstone_key
from darkroom.tables.details_item import details_key
from darkroom.tables.public_work_item import public_work_key
from darkroom.tables.recipe_item import recipe_key

_PARTS = (recipe_key, details_key, tombstone_key, public_work_key, action_key, running_key)
_ENDINGS = tuple(of("")["job_id"]["S"] for of in _PARTS)


def is_part(job_id: str) -> bool:
    """Whether a primary key of the jobs table belongs to anything else than a job, such as its recipe."""
    return job_id.endswith(_ENDINGS) or RequestId.read(job_id) is not None

"""Distinguishes the items of jobs from other items, for tests that scan the jobs table."""

from darkroom.tables.details_item import details_key
from darkroom.tables.recipe_item import recipe_key

_ENDINGS = tuple(of("")["job_id"]["S"] for of in (recipe_key, details_key))


def is_part(job_id: str) -> bool:
    """Whether a primary key of the jobs table belongs to a recipe or to details, not to a job."""
    return job_id.endswith(_ENDINGS)

"""Tells the items of jobs from those beside them, for tests that scan the jobs table."""

from darkroom.tables.details_item import details_key
from darkroom.tables.recipe_item import recipe_key

_ENDINGS = tuple(of("")["job_id"]["S"] for of in (recipe_key, details_key))


def is_part(job_id: str) -> bool:
    """Whether a primary key of the jobs table is that of a recipe or of details, not of a job."""
    return job_id.endswith(_ENDINGS)

"""Tells the items of jobs from those beside them, for tests that scan the jobs table."""

from darkroom.tables.job_parts import details_key, recipe_key

_ENDINGS = tuple(of("")["job_id"]["S"] for of in (recipe_key, details_key))


def is_part(job_id: str) -> bool:
    """Whether a primary key of the jobs table is that of a recipe or of details, not of a job."""
    return job_id.endswith(_ENDINGS)

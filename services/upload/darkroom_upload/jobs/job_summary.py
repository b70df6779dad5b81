"""Jobs in short, as lists and events show them."""

from dataclasses import dataclass
from typing import Final, Self

from darkroom.jobs import Cost, JobStatus, Thumbnail
from darkroom.tables.dynamodb import Item
from darkroom.tables.job_item import owner_order

TILE_ATTRIBUTES: Final = (
    "job_id, #status, recipe_name, filename, original_bytes, original, thumbnail, variants_total, variants_done, "
    "variants_failed, created_at, updated_at, completed_at"
)
"""Attributes of a job's item that a summary without the preset's version and the cost is made of."""
SUMMARY_ATTRIBUTES: Final = f"{TILE_ATTRIBUTES}, preset_version, cpu_ms, bytes_read, bytes_written"
"""Attributes of a job's item that a summary is made of."""


@dataclass(frozen=True, kw_only=True)
class JobSummary:
    """A job as lists show it. Moments are texts, as they are stored and shown."""

    job_id: str
    status: JobStatus
    recipe_name: str
    preset_version: int | None
    filename: str
    bytes: int | None
    """Size of the original, as stored or as announced; None for a drop that was not read yet."""
    thumbnail: Thumbnail | None
    variants: int
    done: int
    failed: int
    created_at: str
    updated_at: str
    completed_at: str | None
    cost: Cost
    """Zero if only `TILE_ATTRIBUTES` were read."""

    @classmethod
    def of(cls, item: Item) -> Self:
        """Return the summary of a job's item."""
        return cls(
            job_id=item["job_id"]["S"],
            status=JobStatus(item["status"]["S"]),
            recipe_name=item["recipe_name"]["S"],
            preset_version=int(item["preset_version"]["N"]) if "preset_version" in item else None,
            filename=item["filename"]["S"],
            bytes=_original_bytes(item),
            thumbnail=_thumbnail(item),
            variants=int(item["variants_total"]["N"]),
            done=int(item["variants_done"]["N"]),
            failed=int(item["variants_failed"]["N"]),
            created_at=item["created_at"]["S"],
            updated_at=item["updated_at"]["S"],
            completed_at=item["completed_at"]["S"] if "completed_at" in item else None,
            cost=Cost(**{name: int(item[name]["N"]) for name in Cost.model_fields if name in item}),
        )

    @property
    def order(self) -> str:
        """The job's sort key in the index by owner."""
        return owner_order(self.created_at, self.job_id)


def _original_bytes(item: Item) -> int | None:
    if "original" in item:
        return int(item["original"]["M"]["size"]["N"])
    return int(item["original_bytes"]["N"]) if "original_bytes" in item else None


def _thumbnail(item: Item) -> Thumbnail | None:
    if "thumbnail" not in item:
        return None
    return Thumbnail(**{name: int(value["N"]) for name, value in item["thumbnail"]["M"].items()})

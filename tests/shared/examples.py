"""Examples that several tests of the shared package use."""

from datetime import UTC, datetime

from darkroom.formats import ImageFormat
from darkroom.jobs import Job, JobStatus, unsettled
from darkroom.recipes import load_presets
from darkroom.source_description import SourceDescription

JOB_ID = "0199aaaa-bbbb-7ccc-8ddd-eeeeffff0000"

DESCRIPTION = SourceDescription(
    format=ImageFormat.JPEG,
    width=2725,
    height=2225,
    mode="RGB",
    has_alpha=False,
    frames=1,
    orientation=6,
    dpi=(72.0, 71.5),
    icc_profile="sRGB",
    dominant_color="#7a6b51",
    thumbhash="1QcSHQRnh493V4dIh4eXh1h4kJUI",
    exif={"Make": "Café 猫", "FNumber": 2.8, "ISOSpeedRatings": 400},
    has_gps=True,
)

PRESETS = load_presets()
MOMENT = datetime(2026, 11, 22, 5, 54, 1, 123_000, tzinfo=UTC)


def new_job(job_id: str = JOB_ID) -> Job:
    """Return a job as the upload service creates it."""
    return Job(
        job_id=job_id,
        owner="demo",
        recipe_name="web",
        status=JobStatus.AWAITING_UPLOAD,
        created_at=MOMENT,
        updated_at=MOMENT,
        filename="Кошка.jpg",
        content_type="image/jpeg",
        original_key=f"uploads/{job_id}/jpg",
        deadline=datetime(2026, 11, 22, 6, tzinfo=UTC),
        variants=unsettled(PRESETS["web"]),
    )

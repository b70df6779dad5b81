"""Settings of the upload service."""

from pathlib import Path
from typing import Annotated

from pydantic import Field, HttpUrl

from darkroom.limits import DEFAULT_UPLOAD_BYTES, HIGHEST_UPLOAD_BYTES
from darkroom.settings import ServiceSettings
from darkroom_upload.admission import DEFAULT_PLACES
from darkroom_upload.cross_origin import Origin
from darkroom_upload.submit import ARRIVAL_PERIOD

_Name = Annotated[str, Field(min_length=1)]


class UploadSettings(ServiceSettings):
    """What the upload service is told beside what every service is."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port to listen on."""
    originals_bucket: _Name
    """Bucket of the sources."""
    results_bucket: _Name
    """Bucket of the pictures that were made; only links to it are signed here."""
    jobs_table: _Name
    accounts_table: _Name
    uploads_queue_url: HttpUrl
    """Queue that says which uploads have arrived."""
    orchestrator_url: HttpUrl
    """Root of the orchestrator's internal API."""
    max_upload_bytes: Annotated[int, Field(gt=0, le=HIGHEST_UPLOAD_BYTES)] = DEFAULT_UPLOAD_BYTES
    """The largest file that is taken."""
    max_concurrent_uploads: Annotated[int, Field(ge=1)] = DEFAULT_PLACES
    """How many uploads are taken in at a time; further ones are told to come again."""
    arrival_seconds: Annotated[float, Field(ge=1)] = ARRIVAL_PERIOD.total_seconds()
    """How long until the sweeper looks after an upload whose announcement nobody has seen."""
    presets_file: Path | None = None
    """JSON file of more presets."""
    public_s3_endpoint_url: HttpUrl | None = None
    """Where clients reach S3, when that is not where the service does; only with an emulator."""
    cors_origins: tuple[Origin, ...] = ()
    """Origins of pages that may use the API from a browser beside its own, as a JSON list."""

"""Settings of the upload service."""

from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, HttpUrl, SecretStr, ValidationInfo, field_validator

from darkroom.accounts.allowances import (
    DEFAULT_BURST,
    DEFAULT_BYTES_PER_DAY,
    DEFAULT_JOBS_PER_DAY,
    DEFAULT_REQUESTS_PER_SECOND,
    DEFAULT_STORED_BYTES,
    HIGHEST_BURST,
    HIGHEST_RATE,
    UNLIMITED,
    Allowance,
    Rate,
)
from darkroom.limits import DEFAULT_UPLOAD_BYTES, DEFAULT_VARIANTS_PER_TASK, HIGHEST_UPLOAD_BYTES
from darkroom.runtime.encryption_settings import EncryptionSettings
from darkroom.runtime.settings import JsonTuple, ServiceSettings
from darkroom_upload.admission import DEFAULT_STREAMS, DEFAULT_UPLOADS
from darkroom_upload.intake.submit import ARRIVAL_PERIOD
from darkroom_upload.middleware.cors import Origin
from darkroom_upload.results.signing_key import SigningKey

_Name = Annotated[str, Field(min_length=1)]
T = TypeVar("T")


def _or_unlimited(value: Any) -> Any:
    """Read a limit. Raises ValueError for None: nobody is without limits unless that is said."""
    if value is None:
        raise ValueError(f'give a limit, or the word "{UNLIMITED}"')
    return None if value == UNLIMITED else value


OrUnlimited = Annotated[T | None, BeforeValidator(_or_unlimited)]
"""A limit, or the word `unlimited`, which is None here."""


class UploadSettings(ServiceSettings, EncryptionSettings):
    """What the upload service is told beside what every service is."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port to listen on."""
    originals_bucket: _Name
    """Bucket of the sources."""
    results_bucket: _Name
    """Bucket of the pictures that were made: links to it are signed here, and archives read from it."""
    jobs_table: _Name
    accounts_table: _Name
    uploads_queue_url: HttpUrl
    """Queue that says which uploads have arrived."""
    orchestrator_url: HttpUrl
    """Root of the orchestrator's internal API."""
    max_upload_bytes: Annotated[int, Field(gt=0, le=HIGHEST_UPLOAD_BYTES)] = DEFAULT_UPLOAD_BYTES
    """The largest file that is taken."""
    max_variants_per_task: Annotated[int, Field(ge=1)] = DEFAULT_VARIANTS_PER_TASK
    """The orchestrator's: plans tell the tasks that it would make."""
    max_concurrent_uploads: Annotated[int, Field(ge=1)] = DEFAULT_UPLOADS
    """How many uploads are taken in at a time; further ones are told to come again."""
    max_event_streams: Annotated[int, Field(ge=1)] = DEFAULT_STREAMS
    """How many event streams are open at a time; further ones are told to come again."""
    arrival_seconds: Annotated[float, Field(ge=1)] = ARRIVAL_PERIOD.total_seconds()
    """How long until the sweeper looks after an upload whose announcement nobody has seen."""
    default_requests_per_second: OrUnlimited[Annotated[float, Field(ge=0.001, le=HIGHEST_RATE)]] = (
        DEFAULT_REQUESTS_PER_SECOND
    )
    """Rate of callers that have none of their own; None is no limit."""
    default_burst: Annotated[int, Field(ge=1, le=HIGHEST_BURST)] = DEFAULT_BURST
    """Requests at once, after a rest, of callers with that rate."""
    default_jobs_per_day: OrUnlimited[Annotated[int, Field(ge=1)]] = DEFAULT_JOBS_PER_DAY
    """Jobs a day of callers that have no quota of their own; None is no limit."""
    default_bytes_per_day: OrUnlimited[Annotated[int, Field(ge=1)]] = DEFAULT_BYTES_PER_DAY
    """Bytes a day of the same."""
    default_stored_bytes: OrUnlimited[Annotated[int, Field(ge=1)]] = DEFAULT_STORED_BYTES
    """Bytes of results that their owners may store, all jobs together."""
    presets_file: Path | None = None
    """JSON file of more presets."""
    public_s3_endpoint_url: HttpUrl | None = None
    """Where clients reach S3, when that is not where the service does; only with an emulator."""
    results_cdn_url: HttpUrl | None = None
    """Root of the CloudFront distribution that serves the results. Links then lead there rather than to S3."""
    results_key_pair_id: _Name | None = None
    """CloudFront's id of the public key to the next."""
    results_private_key: Annotated[SecretStr | None, Field(validate_default=True)] = None
    """What links to the distribution are signed with: a P-256 or RSA 2048 key in PEM."""
    cors_origins: JsonTuple[Origin] = ()
    """Origins of pages that may use the API from a browser beside its own, as a JSON list."""
    trusted_proxies: Annotated[int, Field(ge=0, le=8)] = 0
    """How many proxies are in front, each of which adds to `X-Forwarded-For` whom it was asked by."""

    @property
    def allowance(self) -> Allowance:
        """What callers may use that have no limits of their own."""
        per_second = self.default_requests_per_second
        return Allowance(
            rate=Rate(per_second=per_second, burst=self.default_burst) if per_second else None,
            jobs_per_day=self.default_jobs_per_day,
            bytes_per_day=self.default_bytes_per_day,
            stored_bytes=self.default_stored_bytes,
        )

    @field_validator("results_private_key")
    @classmethod
    def _signs_for_the_cdn(cls, key: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        others = [info.data.get(name) for name in ("results_cdn_url", "results_key_pair_id")]
        if any(others) != bool(key) or any(others) != all(others):
            raise ValueError("the CDN's URL, the key pair's id and the private key belong together")
        if key:
            SigningKey(key.get_secret_value())
        return key

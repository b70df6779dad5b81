"""Settings of the upload service."""

from pathlib import Path
from typing import Annotated, TypeVar

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
from darkroom.limits import (
    DEFAULT_ORIGINAL_DAYS,
    DEFAULT_UPLOAD_BYTES,
    DEFAULT_VARIANTS_PER_TASK,
    HIGHEST_UPLOAD_BYTES,
    LONGEST_ORIGINAL_DAYS,
)
from darkroom.runtime.encryption_settings import EncryptionSettings
from darkroom.runtime.settings import JsonTuple, ResourceName, ServiceSettings
from darkroom_upload.admission import DEFAULT_STREAMS, DEFAULT_UPLOADS
from darkroom_upload.intake.submit import ARRIVAL_PERIOD
from darkroom_upload.middleware.cors import Origin
from darkroom_upload.results.signing_key import SigningKey

T = TypeVar("T")


def _or_unlimited(value: object) -> object:
    """Read a limit. Raises ValueError for None: only the word `unlimited` means that there is no limit."""
    if value is None:
        raise ValueError(f'give a limit, or the word "{UNLIMITED}"')
    return None if value == UNLIMITED else value


OrUnlimited = Annotated[T | None, BeforeValidator(_or_unlimited)]
"""A limit, or the word `unlimited`, which becomes None."""


class UploadSettings(ServiceSettings, EncryptionSettings):
    """The settings of the upload service, besides those of every service."""

    port: Annotated[int, Field(ge=0, le=65535)] = 8000
    """Port to listen on."""
    originals_bucket: ResourceName
    """Bucket of the originals."""
    results_bucket: ResourceName
    """Bucket of the results. The service signs links to it, and reads results from it for archives."""
    jobs_table: ResourceName
    accounts_table: ResourceName
    uploads_queue_url: HttpUrl
    """Queue of the messages that an upload has arrived."""
    imports_queue_url: HttpUrl
    """Queue of the commands to fetch an image from a URL."""
    orchestrator_url: HttpUrl
    """Root of the orchestrator's internal API."""
    max_upload_bytes: Annotated[int, Field(gt=0, le=HIGHEST_UPLOAD_BYTES)] = DEFAULT_UPLOAD_BYTES
    """The largest file that is accepted, in bytes."""
    original_days: Annotated[int, Field(ge=1, le=LONGEST_ORIGINAL_DAYS)] = DEFAULT_ORIGINAL_DAYS
    """Days for which an original is readable, unless it is kept."""
    max_variants_per_task: Annotated[int, Field(ge=1)] = DEFAULT_VARIANTS_PER_TASK
    """The orchestrator's setting of the same name. Plans show the tasks that the orchestrator would make."""
    max_concurrent_uploads: Annotated[int, Field(ge=1)] = DEFAULT_UPLOADS
    """Uploads at the same time. More are refused with 503."""
    max_event_streams: Annotated[int, Field(ge=1)] = DEFAULT_STREAMS
    """Event streams at the same time. More are refused with 503."""
    arrival_seconds: Annotated[float, Field(ge=1)] = ARRIVAL_PERIOD.total_seconds()
    """How long the sweeper waits for an upload's announcement before it checks the job."""
    default_requests_per_second: OrUnlimited[Annotated[float, Field(ge=0.001, le=HIGHEST_RATE)]] = (
        DEFAULT_REQUESTS_PER_SECOND
    )
    """Rate of callers who have none of their own. None means no limit."""
    default_burst: Annotated[int, Field(ge=1, le=HIGHEST_BURST)] = DEFAULT_BURST
    """Requests that callers with that rate may send at once after a pause."""
    default_jobs_per_day: OrUnlimited[Annotated[int, Field(ge=1)]] = DEFAULT_JOBS_PER_DAY
    """Jobs a day of callers who have no quota of their own. None means no limit."""
    default_bytes_per_day: OrUnlimited[Annotated[int, Field(ge=1)]] = DEFAULT_BYTES_PER_DAY
    """Bytes a day of callers who have no quota of their own. None means no limit."""
    default_stored_bytes: OrUnlimited[Annotated[int, Field(ge=1)]] = DEFAULT_STORED_BYTES
    """Bytes of results that the owners of such callers may store, for all jobs together. None means no limit."""
    presets_file: Path | None = None
    """JSON file with more presets."""
    public_s3_endpoint_url: HttpUrl | None = None
    """Address at which clients reach S3, if the service uses another one. Only for an emulator."""
    public_base_url: HttpUrl | None = None
    """Root of the public addresses in jobs. Without it they begin with that of the CDN, or are paths of this API."""
    results_cdn_url: HttpUrl | None = None
    """Root of the CloudFront distribution that serves the results. Links then lead there and not to S3."""
    results_key_pair_id: ResourceName | None = None
    """CloudFront's id of the public key that belongs to `results_private_key`."""
    results_private_key: Annotated[SecretStr | None, Field(validate_default=True)] = None
    """Private key that signs links to the distribution: P-256 or RSA 2048, in PEM."""
    cors_origins: JsonTuple[Origin] = ()
    """Other origins whose pages may use the API from a browser, as a JSON list."""
    trusted_proxies: Annotated[int, Field(ge=0, le=8)] = 0
    """How many proxies in front of the service add the address that calls them to `X-Forwarded-For`."""

    @property
    def allowance(self) -> Allowance:
        """The limits of callers who have none of their own."""
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
            raise ValueError("set the CDN's URL, the key pair's id and the private key together, or none of them")
        if key:
            SigningKey(key.get_secret_value())
        return key

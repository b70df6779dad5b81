"""Everything that a call can raise on purpose, as one tree.

DarkroomError
├── Unreachable                 no answer: the connection failed, broke or timed out
├── UnexpectedAnswer            an answer that is not the API's, such as a proxy's page
├── Problem                     the API refused: see `code` and `detail`
│   ├── MalformedRequest        400
│   ├── Unauthenticated         401
│   ├── Forbidden               403
│   ├── NotFound                404
│   ├── Conflict                409
│   │   └── UnderWay
│   ├── OriginalGone            410
│   ├── PreconditionFailed      412
│   ├── UploadTooLarge          413
│   ├── UnsupportedMediaType    415
│   ├── InvalidRecipe           422
│   │   └── RecipeTooLarge
│   ├── ImageNotMade            422
│   ├── ImageTooLarge           422
│   ├── IdempotencyMismatch     422
│   ├── RateLimited             429
│   │   └── QuotaExceeded
│   └── Unavailable             503
├── JobDeleted                  the job was deleted while it was followed
├── WaitTimeout                 the job did not end in time
├── DownloadFailed              a result could not be fetched
└── WebhookRefused              a webhook is not Darkroom's, was changed, or is too old
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from darkroom_client.jobs import Job


class DarkroomError(Exception):
    """Base of all errors of this package."""


class Unreachable(DarkroomError):
    """There was no answer. `__cause__` is the error of httpx."""


class UnexpectedAnswer(DarkroomError):
    """An answer that is no answer of the API."""

    def __init__(self, status: int, reason: str) -> None:
        super().__init__(f"The answer was {status} {reason}.")
        self.status = status


@dataclass(frozen=True, kw_only=True)
class RequestFault:
    """One fault of a request, and where it is: a JSON pointer (RFC 6901), empty for the whole."""

    pointer: str
    message: str


class Problem(DarkroomError):
    """The API refused a request, and said why in a problem document (RFC 9457)."""

    def __init__(self, document: dict[str, Any], *, status: int, retry_after: float | None) -> None:
        self.code = str(document["code"])
        """Stable name of the problem."""
        self.detail = str(document["detail"])
        """The problem in a sentence."""
        self.title = str(document.get("title", self.code))
        self.status = status
        """HTTP status."""
        self.retry_after = retry_after
        """Seconds after which the same request can succeed, if the service says so."""
        self.faults = tuple(
            RequestFault(pointer=fault["pointer"], message=fault["message"]) for fault in document.get("errors") or ()
        )
        self.document = document
        """All members, such as `limit`, `actual`, `quota` and `scope`."""
        super().__init__(f"{self.detail} ({self.code})")


class MalformedRequest(Problem):
    """A field, parameter, header or body that cannot be read."""


class Unauthenticated(Problem):
    """No API key, or one that is not known."""


class Forbidden(Problem):
    """The API key lacks a scope."""


class NotFound(Problem):
    """Nothing of that name that is yours."""


class Conflict(Problem):
    """The state of the job does not allow this."""


class UnderWay(Conflict):
    """Another request does the same at this moment."""


class OriginalGone(Problem):
    """The original of the job has expired, or was deleted."""


class PreconditionFailed(Problem):
    """Somebody else has changed what the caller knew: `if_match` is not the newest version, or there is one."""


class UploadTooLarge(Problem):
    """More bytes than an upload may have."""


class UnsupportedMediaType(Problem):
    """The bytes are of no format that is read."""


class InvalidRecipe(Problem):
    """The recipe does not validate, or there is no such preset. `faults` names each fault."""


class RecipeTooLarge(InvalidRecipe):
    """The recipe is longer than what is kept with a job."""


class ImageNotMade(Problem):
    """The requested image cannot be made. `document["fault"]` is the code of the reason, as of a failed variant."""


class ImageTooLarge(Problem):
    """The image has too many pixels."""


class IdempotencyMismatch(Problem):
    """The Idempotency-Key was used for another upload."""


class RateLimited(Problem):
    """Too many requests in too short a time."""


class QuotaExceeded(RateLimited):
    """A quota is used up."""


class Unavailable(Problem):
    """The service, or something that it needs, is away or busy."""


class JobDeleted(DarkroomError):
    """The job was deleted while it was followed."""

    def __init__(self, job_id: str) -> None:
        super().__init__(f"The job {job_id} was deleted.")
        self.job_id = job_id


class WaitTimeout(DarkroomError, TimeoutError):
    """The job has not ended in time. `job` is the job as it was last seen, if it was seen."""

    def __init__(self, job_id: str, job: "Job | None") -> None:
        super().__init__(f"The job {job_id} has not ended in time.")
        self.job = job


class DownloadFailed(DarkroomError):
    """A result could not be fetched."""


class WebhookRefused(DarkroomError):
    """The webhook must not be believed."""

"""All errors that Darkroom raises on purpose, as one tree.

    DarkroomError
    ├── RequestError               the request is wrong: the caller must change it or wait
    │   ├── MalformedRequest       400: a field is missing, the body is broken, a parameter is unknown
    │   ├── Unauthenticated        401: no credentials, or unknown ones
    │   ├── Forbidden              403: the caller may not do this
    │   ├── NotFound               404
    │   ├── Conflict               409: the state of the job, or of something else, does not allow it
    │   │   └── UnderWay           another request does the same at this moment; a retry helps
    │   ├── OriginalGone           410: the job's original has expired, or was deleted
    │   ├── PreconditionFailed     412: If-Match or If-None-Match is not met
    │   ├── RateLimited            429: too many requests; a retry helps
    │   │   └── QuotaExceeded      a quota of a day, or of stored bytes, is used up
    │   ├── UploadTooLarge         413
    │   ├── UnsupportedMediaType   415
    │   ├── InvalidRecipe          422
    │   │   └── RecipeTooLarge
    │   ├── IdempotencyMismatch    422: an Idempotency-Key came again with another payload
    │   ├── ImageNotMade           422: the image that this request asks for cannot be made; `fault` says why
    │   └── ImageTooLarge          422: the image's header says more pixels than the limit
    ├── ImageError                 the image cannot be processed as the recipe says; a retry does not help
    │   ├── UndecodableImage
    │   ├── TruncatedImage
    │   ├── UnsupportedLayout
    │   ├── PixelLimit
    │   ├── FrameLimit
    │   ├── OutputLimit
    │   ├── OverlayMissing
    │   ├── MemoryLimit
    │   ├── TimeLimit
    │   └── ProcessorCrash
    ├── FetchRefused               the URL of an import may not be fetched, or its server refuses; a retry does not help
    ├── FetchFailed                the URL of an import could not be fetched this time; a retry helps
    ├── SourceGone                 the original was deleted or replaced before it was processed
    └── Unavailable                503: AWS or another service does not answer; a retry helps

The message of an error is public: clients and job records get it. It says what was wrong, the limit, and what to do.
What only operators may see, such as an answer of AWS or a path, belongs into the chained exception, which is logged.
"""

from typing import Any, ClassVar


class DarkroomError(Exception):
    """Base of all errors that are raised on purpose.

    `code` is the stable public name. `retryable` says whether the same request or task can succeed later.
    `retry_after_seconds` is when to try again, or None. `fields` are further public members of the problem document,
    such as `limit` and `actual`.
    """

    code: ClassVar[str] = "internal_error"
    retryable: ClassVar[bool] = False
    retry_after_seconds: int | None = None

    def __init__(self, message: str, **fields: Any) -> None:
        super().__init__(message)
        self.message = message
        self.fields = fields

    @property
    def cause(self) -> str | None:
        """Return the error that caused this one, in one line for the log, or None."""
        return None if self.__cause__ is None else repr(self.__cause__)


class RequestError(DarkroomError):
    """Base of errors of the request itself."""

    code = "malformed_request"


class MalformedRequest(RequestError):
    """The request has a missing field, a broken body or an unknown parameter."""

    code = "malformed_request"


class Unauthenticated(RequestError):
    """The request has no credentials, or unknown ones."""

    code = "unauthenticated"


class Forbidden(RequestError):
    """The caller is known but may not do this."""

    code = "forbidden"


class NotFound(RequestError):
    """There is nothing with this name that the caller may see."""

    code = "not_found"


class Conflict(RequestError):
    """The current state does not allow this."""

    code = "conflict"


class UnderWay(Conflict):
    """Another request does the same at this moment. Its outcome is known when it has ended."""

    code = "under_way"
    retryable = True
    retry_after_seconds = 1

    def __init__(
        self,
        message: str = "Another request with this Idempotency-Key is in progress. Send it again in a second.",
        *,
        retry_after_seconds: int = 1,
        **fields: Any,
    ) -> None:
        super().__init__(message, **fields)
        self.retry_after_seconds = retry_after_seconds


class OriginalGone(RequestError):
    """The job's original does not exist any more."""

    code = "original_gone"


class PreconditionFailed(RequestError):
    """If-Match or If-None-Match is not met: somebody else has changed what the client knew."""

    code = "precondition_failed"


class RateLimited(RequestError):
    """The caller sends too many requests."""

    code = "rate_limited"
    retryable = True

    def __init__(self, message: str, *, retry_after_seconds: int | None = 1, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.retry_after_seconds = retry_after_seconds


class QuotaExceeded(RateLimited):
    """A quota is used up. Its fields are `quota` (its name), `limit` and `used`."""

    code = "quota_exceeded"


class UploadTooLarge(RequestError):
    """The upload has more bytes than the limit."""

    code = "upload_too_large"


class UnsupportedMediaType(RequestError):
    """The upload is not an image of a supported format."""

    code = "unsupported_media_type"


class InvalidRecipe(RequestError):
    """The recipe is not valid. The field `errors` has a JSON pointer and a message for each fault."""

    code = "invalid_recipe"


class RecipeTooLarge(InvalidRecipe):
    """The recipe is valid, but longer than a job may store. The fields `limit` and `actual` are in bytes."""

    code = "recipe_too_large"


class IdempotencyMismatch(RequestError):
    """The same Idempotency-Key was used before with another payload."""

    code = "idempotency_mismatch"


class ImageNotMade(RequestError):
    """The requested image cannot be made. The field `fault` has the code of the reason, as of a failed variant."""

    code = "image_not_made"


class ImageTooLarge(RequestError):
    """The header of the image says more pixels than the limit."""

    code = "image_too_large"


class ImageError(DarkroomError):
    """The image cannot be processed as the recipe says."""

    code = "image_error"


class UndecodableImage(ImageError):
    """None of the allowed decoders can read the image."""

    code = "undecodable_image"


class TruncatedImage(ImageError):
    """The file ends before the image is complete."""

    code = "truncated_image"


class UnsupportedLayout(ImageError):
    """The image is valid, but Darkroom does not read its pixel layout. The message names the layout."""

    code = "unsupported_layout"


class PixelLimit(ImageError):
    """The image has more pixels (width × height × frames) than the limit."""

    code = "pixel_limit"


class FrameLimit(ImageError):
    """The image has more frames, or more progressive scans, than the limit."""

    code = "frame_limit"


class OutputLimit(ImageError):
    """The result would have more pixels or bytes than the limit."""

    code = "output_limit"


class OverlayMissing(ImageError):
    """The image of a watermark does not exist any more."""

    code = "overlay_missing"


class MemoryLimit(ImageError):
    """Processing needed more memory than the limit for one image."""

    code = "memory_limit"


class TimeLimit(ImageError):
    """Processing took longer than the limit for one image."""

    code = "time_limit"


class ProcessorCrash(ImageError):
    """The process that worked on the image died twice, or failed for an unexpected reason."""

    code = "processor_crash"


class FetchRefused(DarkroomError):
    """The URL of an import may not be fetched, or its server does not hand the file out."""

    code = "fetch_refused"


class FetchFailed(DarkroomError):
    """The URL of an import could not be fetched in this try."""

    code = "fetch_failed"
    retryable = True


class SourceGone(DarkroomError):
    """The original was deleted or replaced after its job began."""

    code = "source_gone"


class Unavailable(DarkroomError):
    """AWS or another service does not answer."""

    code = "unavailable"
    retryable = True
    retry_after_seconds = 2

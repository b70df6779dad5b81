"""Everything that can go wrong on purpose, as one tree.

    DarkroomError
    ├── RequestError               the caller can mend it, a retry of the same request cannot
    │   ├── MalformedRequest
    │   ├── Unauthenticated
    │   ├── Forbidden
    │   ├── NotFound
    │   ├── Conflict
    │   │   └── UnderWay
    │   ├── RateLimited
    │   │   └── QuotaExceeded
    │   ├── UploadTooLarge
    │   ├── UnsupportedMediaType
    │   ├── InvalidRecipe
    │   │   └── RecipeTooLarge
    │   ├── IdempotencyMismatch
    │   └── ImageTooLarge
    ├── ImageError                 this image cannot be processed, today or tomorrow
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
    ├── SourceGone                 the object that a task names is no longer there
    └── Unavailable                something that Darkroom stands on is away: a retry can help

The message of an error is public: it reaches clients and job records. What only an operator may see (a vendor's
answer, a path) belongs into the exception chain, which goes to the log.
"""

from typing import Any, ClassVar


class DarkroomError(Exception):
    """Base of all deliberate errors.

    `code` is the stable public name, `retryable` says whether the same attempt may succeed later, and `fields` are
    further public members such as `limit` and `actual`. `retry_after_seconds` says when to come again, if that helps.
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
        """For the log: the error that it was raised from, in one line."""
        return None if self.__cause__ is None else repr(self.__cause__)


class RequestError(DarkroomError):
    """The request cannot be honoured as it stands."""

    code = "malformed_request"


class MalformedRequest(RequestError):
    """The request breaks the protocol: a missing field, a broken body, an unknown parameter."""

    code = "malformed_request"


class Unauthenticated(RequestError):
    """No credentials, or none that are known."""

    code = "unauthenticated"


class Forbidden(RequestError):
    """The caller is known, and may not do this."""

    code = "forbidden"


class NotFound(RequestError):
    """Nothing of that name that the caller may see."""

    code = "not_found"


class Conflict(RequestError):
    """The state of the thing does not allow this now."""

    code = "conflict"


class UnderWay(Conflict):
    """Another request does the same at this moment; what came of it can be told when it is over."""

    code = "under_way"
    retryable = True
    retry_after_seconds = 1

    def __init__(
        self,
        message: str = "Another request with this Idempotency-Key is under way. Send it again.",
        *,
        retry_after_seconds: int = 1,
        **fields: Any,
    ) -> None:
        super().__init__(message, **fields)
        self.retry_after_seconds = retry_after_seconds


class RateLimited(RequestError):
    """Too many requests in too short a time."""

    code = "rate_limited"
    retryable = True

    def __init__(self, message: str, *, retry_after_seconds: int | None = 1, **fields: Any) -> None:
        super().__init__(message, **fields)
        self.retry_after_seconds = retry_after_seconds


class QuotaExceeded(RateLimited):
    """More than the caller may have, in a day or stored: `quota` says of what, `limit` how much, `used` how much."""

    code = "quota_exceeded"


class UploadTooLarge(RequestError):
    """More bytes than an upload may have."""

    code = "upload_too_large"


class UnsupportedMediaType(RequestError):
    """The bytes are of no image format that is accepted."""

    code = "unsupported_media_type"


class InvalidRecipe(RequestError):
    """The recipe does not validate; `errors` lists each fault with its JSON pointer."""

    code = "invalid_recipe"


class RecipeTooLarge(InvalidRecipe):
    """The recipe is valid, and longer than what is kept with a job: `limit` and `actual` in bytes."""

    code = "recipe_too_large"


class IdempotencyMismatch(RequestError):
    """An Idempotency-Key came again with another payload."""

    code = "idempotency_mismatch"


class ImageTooLarge(RequestError):
    """The header announces more pixels than are accepted."""

    code = "image_too_large"


class ImageError(DarkroomError):
    """The image, or what a recipe makes of it, is beyond what is processed."""

    code = "image_error"


class UndecodableImage(ImageError):
    """No decoder on the allow-list can read the bytes."""

    code = "undecodable_image"


class TruncatedImage(ImageError):
    """The file ends before the picture does."""

    code = "truncated_image"


class UnsupportedLayout(ImageError):
    """The file is sound, and holds its pixels in a way that is not read. The message names the way."""

    code = "unsupported_layout"


class PixelLimit(ImageError):
    """Width × height × frames is over the limit."""

    code = "pixel_limit"


class FrameLimit(ImageError):
    """More frames, or more progressive scans, than are processed."""

    code = "frame_limit"


class OutputLimit(ImageError):
    """A variant would be larger than a variant may be."""

    code = "output_limit"


class OverlayMissing(ImageError):
    """The picture that a watermark is made of is not there any more."""

    code = "overlay_missing"


class MemoryLimit(ImageError):
    """Processing needed more memory than one image may have."""

    code = "memory_limit"


class TimeLimit(ImageError):
    """Processing took longer than one image may take."""

    code = "time_limit"


class ProcessorCrash(ImageError):
    """The process that worked on the image died, twice, or could not make a picture for a reason nobody foresaw."""

    code = "processor_crash"


class SourceGone(DarkroomError):
    """The source object was deleted or replaced after its job began."""

    code = "source_gone"


class Unavailable(DarkroomError):
    """A dependency (AWS, another service) does not answer."""

    code = "unavailable"
    retryable = True
    retry_after_seconds = 2

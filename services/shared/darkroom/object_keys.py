"""Keys of objects in the buckets. Services make them; only their last part is like the client's file name.

The exception is a file that somebody drops into the bucket: its key is the client's own.
"""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from uuid import UUID

from darkroom.file_names import FALLBACK, display_name, key_name

UPLOADS: Final = "uploads"
"""Prefix of originals that the upload service received. It announces them itself."""
DIRECT: Final = "direct"
"""Prefix of presigned uploads. S3 announces them."""
INCOMING: Final = "incoming"
"""Prefix of files that are dropped into the bucket, as `incoming/<recipe>/<name>`. S3 announces them."""

MANIFESTS: Final = "manifests"
"""Prefix of manifests in the results bucket."""
PUBLIC: Final = "public"
"""Prefix of the public copies of results in the results bucket, and first part of public addresses."""
PREVIEWS: Final = "previews"
"""Prefix of previews in the results bucket. They are deleted as soon as their client has them."""
THUMBNAILS: Final = "job-thumbnails"
"""Prefix of the thumbnails of jobs in the results bucket. The preset `thumbnails` has folders of that name."""
RESERVED_PREFIXES: Final = frozenset({MANIFESTS, PUBLIC, PREVIEWS, THUMBNAILS})
"""Prefixes of the results bucket that no variant's folder can begin with."""


def upload_key(job_id: str, filename: str) -> str:
    """Return the key of an original from `POST /uploads`."""
    return f"{UPLOADS}/{job_id}/{key_name(filename)}"


def direct_key(job_id: str, filename: str) -> str:
    """Return the key of a presigned upload."""
    return f"{DIRECT}/{job_id}/{key_name(filename)}"


def result_prefix(folder: str, job_id: str) -> str:
    """Return the prefix of all results of one variant of a job."""
    return f"{folder}/{job_id}/"


def result_stem(folder: str, job_id: str, filename: str) -> str:
    """Return the key of a result without the dot and the extension, which depend on its format."""
    return result_prefix(folder, job_id) + (PurePosixPath(key_name(filename)).stem or FALLBACK)


def manifest_key(job_id: str) -> str:
    """Return the key of a job's manifest."""
    return f"{MANIFESTS}/{job_id}/manifest.json"


def public_prefix(job_id: str) -> str:
    """Return the prefix of all public copies of a job's results."""
    return f"{PUBLIC}/{job_id}/"


def public_key(job_id: str, variant: str, extension: str) -> str:
    """Return the key of the public copy of a result, which is the path of its public address too."""
    return f"{public_prefix(job_id)}{variant}.{extension}"


def preview_stem(job_id: str, name: str) -> str:
    """Return the key of a preview without the dot and the extension."""
    return f"{PREVIEWS}/{job_id}/{name}"


def is_drop(key: str) -> bool:
    """Return whether a key in the originals bucket is that of a drop. Drops of the same name share a key."""
    return key.startswith(f"{INCOMING}/")


def thumbnail_key(job_id: str) -> str:
    """Return the key of the thumbnail of a job's original."""
    return f"{THUMBNAILS}/{job_id}.webp"


@dataclass(frozen=True, kw_only=True)
class OriginalKey:
    """The parts of an original's key: the id of its job, or for a drop the name of its recipe."""

    job_id: str | None = None
    recipe: str | None = None
    filename: str


def read_original_key(key: str) -> OriginalKey | None:
    """Return the parts of an original's key; None for a key that begins no job: a folder marker, another prefix."""
    prefix, _, rest = key.partition("/")
    middle, _, name = rest.partition("/")
    if not middle or not name or name.endswith("/"):
        return None
    if prefix in (UPLOADS, DIRECT) and _is_uuid(middle):
        return OriginalKey(job_id=middle, filename=display_name(name))
    if prefix == INCOMING:
        return OriginalKey(recipe=middle, filename=display_name(name))
    return None


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False

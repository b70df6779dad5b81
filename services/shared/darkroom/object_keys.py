"""Keys of objects. All are made here, none by a client; what a client calls a file only flavours them."""

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from uuid import UUID

from darkroom.file_names import FALLBACK, display_name, key_name

UPLOADS: Final = "uploads"
"""Prefix of bytes that passed through the upload service, which announces them itself."""
DIRECT: Final = "direct"
"""Prefix of presigned uploads: S3 announces them."""
INCOMING: Final = "incoming"
"""Prefix of files dropped into the bucket, as `incoming/<recipe>/<name>`: S3 announces them."""

MANIFESTS: Final = "manifests"
"""Prefix of manifests in the results bucket. No result has the name of one: none ends in `.json`."""


def upload_key(job_id: str, filename: str) -> str:
    """Where the bytes of `POST /uploads` go."""
    return f"{UPLOADS}/{job_id}/{key_name(filename)}"


def direct_key(job_id: str, filename: str) -> str:
    """Where a presigned upload goes."""
    return f"{DIRECT}/{job_id}/{key_name(filename)}"


def result_prefix(folder: str, job_id: str) -> str:
    """Where all results of one variant are, whatever their extension."""
    return f"{folder}/{job_id}/"


def result_stem(folder: str, job_id: str, filename: str) -> str:
    """The key of a result but for the dot and the extension, which the picture's format decides."""
    return result_prefix(folder, job_id) + (PurePosixPath(key_name(filename)).stem or FALLBACK)


def manifest_key(job_id: str) -> str:
    """Where it says what became of a job, beside its results."""
    return f"{MANIFESTS}/{job_id}/manifest.json"


@dataclass(frozen=True, kw_only=True)
class OriginalKey:
    """What the key of a new object in the originals bucket says: whose job it is, or which recipe it asks for."""

    job_id: str | None = None
    recipe: str | None = None
    filename: str


def read_original_key(key: str) -> OriginalKey | None:
    """Understand the key of an original; None for a key that starts nothing (a folder marker, a foreign prefix)."""
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

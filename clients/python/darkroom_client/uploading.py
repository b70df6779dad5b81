"""Two ways to send an image: through the API, or straight to S3 by a form that the API gives."""

import json
import mimetypes
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final

import httpx

from darkroom_client.files import Sending
from darkroom_client.jobs import Job, JobStatus, Receipt
from darkroom_client.recipes import Recipe
from darkroom_client.session import Session
from darkroom_client.transport import Request

_IMAGE_TYPES: Final = MappingProxyType({".webp": "image/webp", ".avif": "image/avif", ".jp2": "image/jp2"})
"""Media types that Python's `mimetypes` does not know in each of its releases."""


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """The options of a job."""

    recipe: str | Recipe | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    callback_url: str | None = None
    publish: bool | None = None
    keep_original: bool | None = None
    idempotency_key: str = field(default_factory=lambda: str(uuid.uuid4()))

    @property
    def headers(self) -> dict[str, str]:
        """The header that makes a repetition safe."""
        return {"Idempotency-Key": self.idempotency_key}

    @property
    def document(self) -> dict[str, Any]:
        """The options that were given, as members of a JSON body."""
        asked = {
            "recipe": self.recipe.as_document() if isinstance(self.recipe, Recipe) else self.recipe,
            "metadata": dict(self.metadata) or None,
            "callback_url": self.callback_url,
            "publish": self.publish,
            "keep_original": self.keep_original,
        }
        return {name: value for name, value in asked.items() if value is not None}


async def upload(session: Session, file: Sending, wanted: Wanted) -> Receipt:
    """Send an image in a form."""
    said = {
        "recipe": wanted.recipe.as_json() if isinstance(wanted.recipe, Recipe) else wanted.recipe,
        "metadata": json.dumps(dict(wanted.metadata)) if wanted.metadata else None,
        "callback_url": wanted.callback_url,
        "publish": None if wanted.publish is None else str(wanted.publish).lower(),
        "keep_original": None if wanted.keep_original is None else str(wanted.keep_original).lower(),
    }
    fields = {name: value for name, value in said.items() if value is not None}
    request = Request(
        method="POST", target="/uploads", fields=fields, file=file, headers=wanted.headers, repeatable=True
    )
    return receipt_of(await session.ask(request))


async def upload_direct(session: Session, file: Sending, wanted: Wanted, *, content_type: str | None) -> Receipt:
    """Send an image straight to S3. The job begins when S3 has announced it.

    Raises ValueError if the size of the file or its media type cannot be told.
    """
    if file.size is None:
        raise ValueError("S3 must know the size before: give a file that can be rewound, or its bytes.")
    asked = {
        "filename": file.filename,
        "content_type": content_type or media_type(file.filename),
        "size": file.size,
    }
    body = asked | wanted.document
    presign = Request(method="POST", target="/uploads/presigned", json=body, headers=wanted.headers, repeatable=True)
    job = (await session.ask(presign)).json()
    form = job["upload"]
    await session.ask(Request(method="POST", target=form["url"], fields=form["fields"], file=file, repeatable=True))
    return Receipt(job_id=job["job_id"], status=JobStatus.AWAITING_UPLOAD)


async def run_again(session: Session, job_id: str, wanted: Wanted) -> Receipt:
    """Ask for a job on the original of another one."""
    body = {"original_of": job_id, **wanted.document}
    request = Request(method="POST", target="/jobs", json=body, headers=wanted.headers, repeatable=True)
    return receipt_of(await session.ask(request))


def receipt_of(answer: httpx.Response) -> Receipt:
    """Return the job in an answer, or the receipt that a key without the scope `read` gets."""
    body = answer.json()
    return Job.model_validate_json(answer.content) if "progress" in body else Receipt.model_validate(body)


def media_type(filename: str) -> str:
    """Return the media type that belongs to a name. Raises ValueError if there is none."""
    suffix = "." + filename.rpartition(".")[2].lower()
    found = _IMAGE_TYPES.get(suffix) or mimetypes.guess_type(filename)[0]
    if found is None:
        raise ValueError(f"The media type of {filename!r} is not known: give content_type.")
    return found

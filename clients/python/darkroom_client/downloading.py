"""Brings results home: streamed, checked, and each file whole or not there at all."""

import hashlib
import re
import uuid
from collections.abc import Collection, Mapping
from functools import partial
from pathlib import Path, PurePosixPath
from typing import BinaryIO, Final

from darkroom_client.errors import DownloadFailed, UnexpectedAnswer, Unreachable
from darkroom_client.jobs import Job, Variant, VariantStatus
from darkroom_client.session import Session, is_passing
from darkroom_client.transport import Request

_SAFE_NAME: Final = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]*")
"""Names that leave no folder and that no shell mistakes for an option."""


def results_of(job: Job, folder: Path, only: Collection[str] | None) -> Mapping[Path, Variant]:
    """Return the variants that have a result, by `folder/<job id>/<variant>.<extension>`.

    Raises DownloadFailed for a name that no file may have.
    """
    wanted = [variant for variant in job.variants if variant.url and (only is None or variant.name in only)]
    return {folder / _safe(job.job_id) / _file_name(variant): variant for variant in wanted}


async def save(session: Session, variant: Variant, path: Path) -> None:
    """Put a result at `path`. Raises DownloadFailed, and OSError for what the file system refuses."""
    part = path.with_name(f".{path.name}.{uuid.uuid4().hex}.part")
    await session.run(lambda: path.parent.mkdir(parents=True, exist_ok=True))
    try:
        file = await session.run(lambda: part.open("xb"))
        try:
            await _fetch(session, variant, file)
        finally:
            await session.run(file.close)
        await session.run(lambda: part.replace(path))
    finally:
        await session.run(lambda: part.unlink(missing_ok=True))


async def save_original(session: Session, job: Job, url: str, path: Path) -> Path:
    """Put the original of a job, which is at `url`, at `path`, and return that. Raises as `save` does."""
    original = Variant(name="original", status=VariantStatus.COMPLETED, url=url, sha256=job.source.sha256)
    await save(session, original, path)
    return path


async def _fetch(session: Session, variant: Variant, file: BinaryIO) -> None:
    """Write the bytes of a result, from the beginning with each try."""
    tried = 0
    while True:
        tried += 1
        try:
            return await _fetch_once(session, variant, file)
        except (Unreachable, UnexpectedAnswer, DownloadFailed) as error:
            is_worth_it = isinstance(error, DownloadFailed) or is_passing(error)
            pause = session.retry_policy.pause(tried, None) if is_worth_it else None
            if pause is None:
                raise DownloadFailed(f"The result of {variant.name} could not be fetched: {error}") from error
        await session.sleep(pause)


async def _fetch_once(session: Session, variant: Variant, file: BinaryIO) -> None:
    file.seek(0)
    file.truncate()
    digest = hashlib.sha256()

    def keep(chunk: bytes) -> None:
        digest.update(chunk)
        file.write(chunk)

    async with session.stream(Request(method="GET", target=variant.url or "")) as streamed:
        async for chunk in streamed.chunks:
            await session.run(partial(keep, chunk))
    if variant.sha256 and digest.hexdigest() != variant.sha256:
        raise DownloadFailed("its bytes are not those that the job names.")


def _file_name(variant: Variant) -> str:
    suffix = PurePosixPath(variant.key or "").suffix
    return _safe(f"{_safe(variant.name)}{suffix}")


def _safe(name: str) -> str:
    if not _SAFE_NAME.fullmatch(name):
        raise DownloadFailed(f"{name!r} cannot be the name of a file.")
    return name

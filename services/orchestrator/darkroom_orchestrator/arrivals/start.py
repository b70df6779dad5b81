"""Handles objects that arrive in the bucket of originals: finds the job of each, and begins it."""

from dataclasses import dataclass

from darkroom.clock import Clock
from darkroom.errors import InvalidRecipe
from darkroom.jobs import Job
from darkroom.object_keys import OriginalKey, read_original_key
from darkroom.runtime.logs import bound, get_logger
from darkroom.tables.find_preset import FindPreset
from darkroom_orchestrator.arrivals.announcements import AnnouncedObject
from darkroom_orchestrator.arrivals.begin_copy import BeginCopy
from darkroom_orchestrator.arrivals.begin_job import BeginJob
from darkroom_orchestrator.arrivals.drops import dropped_job
from darkroom_orchestrator.arrivals.imports import ImportedFile
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.storage.originals import Original, Originals

_LOG = get_logger(__name__)


@dataclass(frozen=True, kw_only=True)
class Start:
    """Begins the job of a new object. A drop has no job yet: this creates it."""

    jobs: JobStore
    originals: Originals
    begin: BeginJob
    begin_copy: BeginCopy
    find_preset: FindPreset
    default_owner: str
    """Owner of the jobs of drops, whose presets they may name."""
    original_days: int
    """Days for which the originals of drops are readable, unless they are kept."""
    now: Clock

    async def __call__(self, new: AnnouncedObject, *, redelivered: bool) -> None:
        """Handle one announced object. Raises Unavailable; then the same object may be announced again.

        `redelivered` says that an earlier delivery of the message failed, perhaps between two steps.
        """
        key = read_original_key(new.key)
        if key is None or new.bucket not in (None, self.originals.bucket):
            _LOG.info("arrival_ignored", reason="no job has this key")
            return
        original = await self.originals.find(new.key, new.version_id)
        if original is None:
            _LOG.info("arrival_ignored", reason="the object is gone")
            return
        job = await self._job_of(key, original)
        if job is None:
            _LOG.info("arrival_ignored", reason="its job does not exist or has another object")
            return
        with bound(job_id=job.job_id):
            if job.copied_from:
                await self.begin_copy(job, job.copied_from, redelivered=redelivered)
            else:
                imported = ImportedFile(content_type=original.content_type, sha256=new.sha256)
                await self.begin(job, original.ref, imported=imported, redelivered=redelivered)

    async def _job_of(self, key: OriginalKey, original: Original) -> Job | None:
        if key.job_id is None:
            return await self._job_of_drop(key, original)
        job = await self.jobs.get(key.job_id)
        return job if job and job.original_key == original.ref.key else None

    async def _job_of_drop(self, key: OriginalKey, original: Original) -> Job | None:
        """Return the drop's job. Create it, unless an earlier announcement of the same object has created it."""
        try:
            preset = await self.find_preset(key.recipe or "", self.default_owner)
        except InvalidRecipe:
            preset = None
        new = dropped_job(
            self.originals.bucket,
            original,
            key,
            owner=self.default_owner,
            preset=preset,
            original_days=self.original_days,
            now=self.now(),
        )
        return new.job if await self.jobs.create(new) else await self.jobs.get(new.job.job_id)

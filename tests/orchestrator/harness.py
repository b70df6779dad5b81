"""An orchestrator on new resources, with a clock that the test sets. The harness plays clients and processors."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from types_aiobotocore_s3 import S3Client

from darkroom.job_details import JobDetails
from darkroom.jobs import Job, JobStatus, NewJob, PendingImport, new_job_id, unsettled
from darkroom.messages import ImageMade, JobEvent, MakeImage, ProcessTask, TaskFinished, TaskStarted
from darkroom.object_keys import MANIFESTS, PUBLIC, direct_key, is_drop, upload_key
from darkroom.recipes import Recipe, load_presets
from darkroom.recipes.owned_presets import PresetHistory, PresetVersion
from darkroom.runtime.queue import Delivery, SqsQueue
from darkroom.tables.dynamodb import Item
from darkroom.tables.job_item import from_item, to_item
from darkroom.tables.preset_item import history_item, list_key, listed, version_item
from darkroom.topology import OPEN_SHARDS
from darkroom_orchestrator.arrivals.announcements import AnnouncedObject
from darkroom_orchestrator.composition import Clients, Composition
from darkroom_orchestrator.internal_api.routes import QueueName
from darkroom_orchestrator.settings import Settings
from darkroom_orchestrator.storage.originals import Original, Originals
from tests.orchestrator.task_reports import finished, image_made
from tests.support.cipher import encrypted
from tests.support.job_items import is_part

PRESETS: Final = load_presets()
RECIPE: Final = PRESETS["thumbnails"]


class Clock:
    """A clock that changes only when a test moves it. It is ahead of the emulator's, which deletes what has expired."""

    def __init__(self) -> None:
        self.moment = datetime(2035, 11, 22, 12, 0, 0, 250_000, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def forward(self, **by: float) -> None:
        """Move the clock forward, by `minutes=…` or another argument of timedelta."""
        self.moment += timedelta(**by)


class Harness:
    """The orchestrator with its buckets, queues and a subscriber of its events."""

    def __init__(self, settings: Settings, clients: Clients, mailbox_url: str) -> None:
        self.settings = settings
        self.clients = clients
        self.now = Clock()
        self.orchestrator = Composition(settings, clients, PRESETS, now=self.now)
        self.jobs = self.orchestrator.jobs
        self.open_jobs = self.orchestrator.open_jobs
        self._tasks = self.orchestrator.queues[QueueName.TASKS].queue
        self._mailbox = SqsQueue(clients.sqs, mailbox_url)

    @property
    def s3(self) -> S3Client:
        """The S3 client, for what clients and processors do with the buckets."""
        return self.clients.s3

    def with_settings(self, **changes: object) -> Composition:
        """Compose an orchestrator with other settings, on the same resources."""
        return Composition(self.settings.model_copy(update=changes), self.clients, PRESETS, now=self.now)

    # These methods play the upload service and its clients.

    async def waiting_job(
        self, recipe: Recipe = RECIPE, *, direct: bool = False, owner: str = "demo", **changes: Any
    ) -> Job:
        """Create a job that awaits its upload."""
        job = replace(self._new_job(recipe, direct=direct, owner=owner), **changes)
        return await self._created(job, recipe)

    async def waiting_import(self, url: str, **changes: Any) -> Job:
        """Create a job that waits for its original to be fetched. `changes` replace attributes of `PendingImport`."""
        pending = PendingImport(url=url, **changes)
        job = replace(self._new_job(), content_type=None, imported_from="images.example", pending_import=pending)
        return await self._created(encrypted(job))

    async def _created(self, job: Job, recipe: Recipe = RECIPE) -> Job:
        assert await self.jobs.create(NewJob(job=job, recipe=recipe))
        return job

    def _new_job(self, recipe: Recipe = RECIPE, *, direct: bool = False, owner: str = "demo") -> Job:
        job_id, moment = new_job_id(), self.now()
        return Job(
            job_id=job_id,
            owner=owner,
            recipe_name="thumbnails",
            status=JobStatus.AWAITING_UPLOAD,
            created_at=moment,
            updated_at=moment,
            filename="cat.jpg",
            content_type="image/jpeg",
            original_key=(direct_key if direct else upload_key)(job_id, "cat.jpg"),
            deadline=moment + timedelta(minutes=5),
            variants=unsettled(recipe),
        )

    async def put_preset(self, name: str, number: int, recipe: Recipe) -> None:
        """Write a version of a preset of the owner of drops, which becomes the newest."""
        owner, moment = self.settings.default_owner, self.now()
        version = PresetVersion(name=name, number=number, recipe=recipe, document={}, created_at=moment)
        history = PresetHistory(
            owner=owner, name=name, first=1, digest=version.digest, created=(moment,) * number, is_deleted=False
        )
        listed_value: Item = {"=" + name: {"S": listed(number, moment)}}
        for item in (version_item(owner, version), history_item(history), list_key(owner) | listed_value):
            await self.clients.dynamodb.put_item(TableName=self.settings.accounts_table, Item=item)

    async def put_original(self, key: str, body: bytes = b"bytes of an image") -> AnnouncedObject:
        """Put an object into the bucket of originals, as an upload that expires."""
        tagging = "" if is_drop(key) else "expire=7"
        answer = await self.s3.put_object(Bucket=self.settings.originals_bucket, Key=key, Body=body, Tagging=tagging)
        return AnnouncedObject(key=key, version_id=answer["VersionId"])

    async def upload(self, job: Job, body: bytes = b"bytes of an image") -> AnnouncedObject:
        """Put a job's original into its bucket."""
        return await self.put_original(job.original_key, body)

    async def queued_job(self, recipe: Recipe = RECIPE, *, published: bool = False) -> tuple[Job, list[ProcessTask]]:
        """Return a queued job, and its tasks, which are received."""
        job = await self.waiting_job(recipe, published=published)
        await self.orchestrator.start(await self.upload(job), redelivered=False)
        return await self.job(job.job_id), await self.sent_tasks()

    async def job(self, job_id: str) -> Job:
        """Return the job as it is now."""
        job = await self.jobs.get(job_id)
        assert job is not None
        return job

    async def details(self, job_id: str) -> JobDetails:
        """Return the details of the job."""
        return await self.jobs.details_of(job_id)

    async def all_jobs(self) -> list[Job]:
        """Return all jobs."""
        answer = await self.clients.dynamodb.scan(TableName=self.settings.jobs_table)
        return [from_item(item) for item in answer["Items"] if not is_part(item["job_id"]["S"])]

    async def open_ids(self) -> list[str]:
        """Return the IDs of all jobs in the index of open jobs."""
        later = self.now() + timedelta(days=1)
        return [job_id for shard in range(OPEN_SHARDS) for job_id in await self.open_jobs.overdue(shard, later)]

    async def forget_start(self, job: Job) -> None:
        """Reset a job's record to its state before the start."""
        waiting = replace(
            job, status=JobStatus.AWAITING_UPLOAD, queued_at=None, pending=frozenset(), deadline=self.now()
        )
        await self.clients.dynamodb.put_item(TableName=self.settings.jobs_table, Item=to_item(waiting))

    async def original(self, job: Job) -> Original:
        """Return the job's original, as the orchestrator finds it."""
        original = await Originals(self.s3, self.settings.originals_bucket).find(job.original_key)
        assert original is not None
        return original

    async def tags_of(self, key: str, version_id: str | None) -> dict[str, str]:
        """Return the tags of a version in the bucket of originals."""
        answer = await self.s3.get_object_tagging(
            Bucket=self.settings.originals_bucket, Key=key, VersionId=version_id or "null"
        )
        return {tag["Key"]: tag["Value"] for tag in answer["TagSet"]}

    async def original_versions(self, key: str) -> list[str]:
        """Return the ids of all versions of an original."""
        answer = await self.s3.list_object_versions(Bucket=self.settings.originals_bucket, Prefix=key)
        return [version["VersionId"] for version in answer.get("Versions", [])]

    async def requested(self) -> list[Delivery]:
        """Receive and delete all messages of the queue of announcements."""
        return await drained(self.orchestrator.queues[QueueName.UPLOADS].queue)

    # These methods play processors.

    async def report(self, report: TaskStarted | TaskFinished | ImageMade) -> None:
        """Pass a report to its use case."""
        if isinstance(report, TaskStarted):
            await self.orchestrator.begin(report)
        elif isinstance(report, ImageMade):
            await self.orchestrator.requested.record(report)
        else:
            await self.orchestrator.finish(report)

    async def sent_tasks(self) -> list[ProcessTask]:
        """Receive and delete all tasks of the queue."""
        return [ProcessTask.model_validate_json(one.body) for one in await drained(self._tasks)]

    async def sent_images(self) -> list[MakeImage]:
        """Receive and delete all commands to make a requested image."""
        return [MakeImage.model_validate_json(one.body) for one in await drained(self._tasks)]

    async def put_image(self, image: MakeImage) -> ImageMade:
        """Store a requested image as a processor does, and return the report."""
        key = f"{image.key_stem}.webp"
        await self.s3.put_object(Bucket=self.settings.results_bucket, Key=key, Body=b"a picture")
        return image_made(image)

    async def put_results(self, task: ProcessTask) -> TaskFinished:
        """Store results as a processor does, and return the report."""
        for planned in task.variants:
            key = f"{planned.key_stem}.webp"
            await self.s3.put_object(Bucket=self.settings.results_bucket, Key=key, Body=b"a picture")
        return finished(task)

    async def result_keys(self) -> list[str]:
        """Return the keys of all results in the bucket, one for each version."""
        keys = await self._versions_in_results("")
        return [key for key in keys if not key.startswith((f"{MANIFESTS}/", f"{PUBLIC}/"))]

    async def public_keys(self) -> list[str]:
        """Return the keys of all public copies, one for each version."""
        return await self._versions_in_results(f"{PUBLIC}/")

    async def _versions_in_results(self, prefix: str) -> list[str]:
        answer = await self.s3.list_object_versions(Bucket=self.settings.results_bucket, Prefix=prefix)
        return sorted(entry["Key"] for entry in answer.get("Versions", []))

    async def result_markers(self) -> list[str]:
        """Return the keys of all delete markers in the bucket of results, including manifests."""
        answer = await self.s3.list_object_versions(Bucket=self.settings.results_bucket)
        return sorted(entry["Key"] for entry in answer.get("DeleteMarkers", []))

    async def manifest_versions(self) -> list[str]:
        """Return the IDs of all versions of manifests."""
        answer = await self.s3.list_object_versions(Bucket=self.settings.results_bucket, Prefix=f"{MANIFESTS}/")
        return [entry["VersionId"] for entry in answer.get("Versions", [])]

    async def manifest(self, job: Job) -> Any:
        """Return the manifest that a job names. It must be the latest version."""
        assert job.manifest is not None
        bucket, key = self.settings.results_bucket, job.manifest.key
        named = await self.s3.get_object(Bucket=bucket, Key=key, VersionId=job.manifest.version_id or "null")
        latest = await self.s3.get_object(Bucket=bucket, Key=key)
        document = await latest["Body"].read()
        assert document == await named["Body"].read()
        return json.loads(document)

    async def original_keys(self) -> list[str]:
        """Return the keys in the bucket of originals, one for each version and each delete marker."""
        answer = await self.s3.list_object_versions(Bucket=self.settings.originals_bucket)
        entries = [*answer.get("Versions", []), *answer.get("DeleteMarkers", [])]
        return sorted(entry["Key"] for entry in entries)

    # This method plays a subscriber.

    async def events(self) -> list[JobEvent]:
        """Return the events that were published since the last call."""
        return [JobEvent.model_validate_json(json.loads(one.body)["Message"]) for one in await drained(self._mailbox)]


async def drained(queue: SqsQueue) -> list[Delivery]:
    """Receive and delete all messages of a queue."""
    taken: list[Delivery] = []
    while deliveries := await queue.receive(most=10, wait_seconds=0):
        await queue.delete(deliveries)
        taken += deliveries
    return taken

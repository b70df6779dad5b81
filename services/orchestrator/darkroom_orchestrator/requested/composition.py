"""Composes what requested images need."""

from typing import TYPE_CHECKING

from fastapi import APIRouter

from darkroom.clock import Clock
from darkroom.runtime.queue import Queue
from darkroom_orchestrator.publishing.copying import Copying
from darkroom_orchestrator.records.charging import Charging
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.request_store import RequestStore
from darkroom_orchestrator.requested.discard_image import DiscardImage
from darkroom_orchestrator.requested.record_image import FailDeadImage, RecordImage
from darkroom_orchestrator.requested.record_variant import RecordVariant
from darkroom_orchestrator.requested.request_image import RequestImage
from darkroom_orchestrator.requested.request_preview import RequestPreview
from darkroom_orchestrator.requested.request_variant import RequestVariant
from darkroom_orchestrator.requested.routes import preview_routes, variant_routes
from darkroom_orchestrator.storage.originals import Originals
from darkroom_orchestrator.storage.results import Results

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient


class RequestedImages:
    """The use cases of requested images, over the adapters of the service."""

    def __init__(
        self,
        client: "DynamoDBClient",
        jobs: JobStore,
        *,
        originals: Originals,
        results: Results,
        copying: Copying,
        tasks: Queue,
        charging: Charging,
        now: Clock,
    ) -> None:
        self.store = RequestStore(client, jobs.name, now=now)
        self.request = RequestImage(requests=self.store, jobs=jobs, tasks=tasks, now=now)
        self.preview = RequestPreview(jobs=jobs, request_image=self.request, charging=charging)
        self.variant = RequestVariant(jobs=jobs, originals=originals, request_image=self.request)
        record_variant = RecordVariant(jobs=jobs, requests=self.store, results=results, copying=copying)
        self.record = RecordImage(requests=self.store, results=results, record_variant=record_variant)
        self.fail_dead = FailDeadImage(record=self.record)
        self.discard = DiscardImage(requests=self.store, results=results, now=now)

    def routes(self) -> APIRouter:
        """Return the routes of the internal API."""
        routes = preview_routes(self.preview, self.discard)
        routes.include_router(variant_routes(self.variant))
        return routes

"""Composes what publishes and withdraws results."""

from datetime import timedelta
from typing import TYPE_CHECKING, Final, Protocol

from darkroom.clock import Clock
from darkroom_orchestrator.publishing.cdn import Cdn, NoCdn
from darkroom_orchestrator.publishing.cloudfront import CloudFrontCdn, CloudFrontClient
from darkroom_orchestrator.publishing.copying import Copying
from darkroom_orchestrator.publishing.publish import Publish, Unpublish
from darkroom_orchestrator.publishing.withdraw import Withdraw
from darkroom_orchestrator.records.job_store import JobStore
from darkroom_orchestrator.records.public_works import PublicWorks
from darkroom_orchestrator.settings import Settings
from darkroom_orchestrator.storage.public_copies import PublicCopies

if TYPE_CHECKING:
    from types_aiobotocore_dynamodb import DynamoDBClient
    from types_aiobotocore_s3 import S3Client

_PERIOD: Final = timedelta(minutes=1)
"""How long work on public copies is left to the process that began it. Copying may take half of it."""


class Clients(Protocol):
    """The clients for AWS that are used here."""

    @property
    def s3(self) -> "S3Client":
        """The client for S3."""

    @property
    def dynamodb(self) -> "DynamoDBClient":
        """The client for DynamoDB."""

    @property
    def cloudfront(self) -> CloudFrontClient | None:
        """The client for CloudFront; None without a CDN."""


class Publishing:
    """The use cases of publishing, over one set of adapters."""

    def __init__(self, settings: Settings, clients: Clients, jobs: JobStore, *, now: Clock) -> None:
        period = min(_PERIOD, timedelta(seconds=settings.work_seconds))
        works = PublicWorks(clients.dynamodb, settings.jobs_table, now=now, period=period)
        copies = PublicCopies(clients.s3, settings.results_bucket)
        self.copying = Copying(copies=copies, copying_seconds=period.total_seconds() / 2)
        self.withdraw = Withdraw(jobs=jobs, works=works, copies=copies, cdn=_cdn(settings, clients))
        self.publish = Publish(jobs=jobs, works=works, copying=self.copying, withdraw=self.withdraw)
        self.unpublish = Unpublish(jobs=jobs, works=works, withdraw=self.withdraw)


def _cdn(settings: Settings, clients: Clients) -> Cdn:
    """Return the CDN in front of the public addresses, if there is one."""
    distribution, client = settings.results_distribution_id, clients.cloudfront
    return CloudFrontCdn(client, distribution) if distribution and client else NoCdn()

"""An installation: the resources of a topology as they exist on an emulator, and what services are told of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from darkroom.accounts.allowances import UNLIMITED
from darkroom.limits import HIGHEST_TASKS_PER_OWNER
from darkroom.runtime.cores import cores
from darkroom.topology import Topology
from darkroom_local.clients import aws_environment

DEFAULT_OWNER = "demo"
"""Whose the development key is, and the drops into `incoming/`."""

_DEFAULT_LIMITS = (
    "DARKROOM_DEFAULT_REQUESTS_PER_SECOND",
    "DARKROOM_DEFAULT_JOBS_PER_DAY",
    "DARKROOM_DEFAULT_BYTES_PER_DAY",
    "DARKROOM_DEFAULT_STORED_BYTES",
)

_RECEIVE_WAIT_SECONDS = 1
"""Short: the emulator keeps an abandoned poll, and what it takes, until the poll's time is over."""


_TASKS_A_CORE = 4
"""Of one owner: what a processor takes in hand at a time, and as many again, so that it never waits for more."""


@dataclass(frozen=True, kw_only=True)
class CreatedQueue:
    """A queue and its dead-letter queue."""

    url: str
    arn: str
    dlq_url: str
    dlq_arn: str


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Where everything is."""

    topology: Topology
    endpoint_url: str
    uploads: CreatedQueue
    tasks: CreatedQueue
    reports: CreatedQueue
    notifications: CreatedQueue
    job_events_topic_arn: str

    @property
    def queues(self) -> Iterator[CreatedQueue]:
        """Every queue, in the order of `Topology.queues`."""
        return iter((self.uploads, self.tasks, self.reports, self.notifications))

    def environment(self) -> dict[str, str]:
        """The variables that the services need, in one dictionary for all of them.

        Not in it is what differs from process to process: ports, the orchestrator's URL, logging.
        """
        return {
            **aws_environment(self.endpoint_url),
            "DARKROOM_ENVIRONMENT": "development",
            "DARKROOM_RECEIVE_WAIT_SECONDS": str(_RECEIVE_WAIT_SECONDS),
            "DARKROOM_DEFAULT_OWNER": DEFAULT_OWNER,
            "DARKROOM_PUBLIC_S3_ENDPOINT_URL": self._public_endpoint_url,
            "DARKROOM_ORIGINALS_BUCKET": self.topology.originals.name,
            "DARKROOM_RESULTS_BUCKET": self.topology.results.name,
            "DARKROOM_JOBS_TABLE": self.topology.jobs.name,
            "DARKROOM_ACCOUNTS_TABLE": self.topology.accounts.name,
            "DARKROOM_UPLOADS_QUEUE_URL": self.uploads.url,
            "DARKROOM_UPLOADS_DLQ_URL": self.uploads.dlq_url,
            "DARKROOM_TASKS_QUEUE_URL": self.tasks.url,
            "DARKROOM_TASKS_DLQ_URL": self.tasks.dlq_url,
            "DARKROOM_RESULTS_QUEUE_URL": self.reports.url,
            "DARKROOM_RESULTS_DLQ_URL": self.reports.dlq_url,
            "DARKROOM_NOTIFICATIONS_QUEUE_URL": self.notifications.url,
            "DARKROOM_NOTIFICATIONS_DLQ_URL": self.notifications.dlq_url,
            "DARKROOM_JOB_EVENTS_TOPIC_ARN": self.job_events_topic_arn,
            # An emulator's queues are not fair to owners by themselves.
            "DARKROOM_TASKS_PER_OWNER": str(min(_TASKS_A_CORE * cores(), HIGHEST_TASKS_PER_OWNER)),
            # A developer's own machine is nobody else's.
            **dict.fromkeys(_DEFAULT_LIMITS, UNLIMITED),
            # A developer receives webhooks on the same machine.
            "DARKROOM_WEBHOOK_ALLOW_PRIVATE": "true",
        }

    @property
    def _public_endpoint_url(self) -> str:
        """The emulator as people name it: the same host as the service's own URL, for links in a browser."""
        return f"http://localhost:{urlsplit(self.endpoint_url).port}"

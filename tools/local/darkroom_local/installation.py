"""An installation: the resources of a topology as they exist on an emulator, and the settings of services for them."""

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

from darkroom.accounts.allowances import UNLIMITED
from darkroom.limits import HIGHEST_TASKS_PER_OWNER
from darkroom.runtime.cores import cores
from darkroom.topology import Topology
from darkroom_local.clients import aws_environment

DEFAULT_OWNER = "demo"
"""Owner of the development key, and of files that are put into `incoming/`."""

_DEFAULT_LIMITS = (
    "DARKROOM_DEFAULT_REQUESTS_PER_SECOND",
    "DARKROOM_DEFAULT_JOBS_PER_DAY",
    "DARKROOM_DEFAULT_BYTES_PER_DAY",
    "DARKROOM_DEFAULT_STORED_BYTES",
)

_RECEIVE_WAIT_SECONDS = 1
"""Duration of a poll. It is short because the emulator continues a cancelled poll, and hides what it receives."""


_TASKS_A_CORE = 4
"""Tasks of one owner in flight for each core: as many as a processor works on, and as many that wait for it."""


@dataclass(frozen=True, kw_only=True)
class CreatedQueue:
    """A queue and its dead-letter queue."""

    url: str
    arn: str
    dlq_url: str
    dlq_arn: str


@dataclass(frozen=True, kw_only=True)
class Installation:
    """Addresses of all resources."""

    topology: Topology
    endpoint_url: str
    uploads: CreatedQueue
    imports: CreatedQueue
    tasks: CreatedQueue
    reports: CreatedQueue
    notifications: CreatedQueue
    job_events_topic_arn: str

    @property
    def queues(self) -> Iterator[CreatedQueue]:
        """All queues, in the order of `Topology.queues`."""
        return iter((self.uploads, self.imports, self.tasks, self.reports, self.notifications))

    def environment(self) -> dict[str, str]:
        """Return the variables that all services need.

        Ports, the orchestrator's URL and logging are left out: they differ between processes.
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
            "DARKROOM_IMPORTS_QUEUE_URL": self.imports.url,
            "DARKROOM_IMPORTS_DLQ_URL": self.imports.dlq_url,
            "DARKROOM_TASKS_QUEUE_URL": self.tasks.url,
            "DARKROOM_TASKS_DLQ_URL": self.tasks.dlq_url,
            "DARKROOM_RESULTS_QUEUE_URL": self.reports.url,
            "DARKROOM_RESULTS_DLQ_URL": self.reports.dlq_url,
            "DARKROOM_NOTIFICATIONS_QUEUE_URL": self.notifications.url,
            "DARKROOM_NOTIFICATIONS_DLQ_URL": self.notifications.dlq_url,
            "DARKROOM_JOB_EVENTS_TOPIC_ARN": self.job_events_topic_arn,
            # Unlike SQS, the emulator's queues do not share messages out fairly between owners.
            "DARKROOM_TASKS_PER_OWNER": str(min(_TASKS_A_CORE * cores(), HIGHEST_TASKS_PER_OWNER)),
            # A developer's machine has no other users who need a limit.
            **dict.fromkeys(_DEFAULT_LIMITS, UNLIMITED),
            # A developer receives webhooks on the same machine.
            "DARKROOM_WEBHOOK_ALLOW_PRIVATE": "true",
        }

    @property
    def _public_endpoint_url(self) -> str:
        """The emulator's address for links in a browser: the same host name as in the API's address."""
        return f"http://localhost:{urlsplit(self.endpoint_url).port}"

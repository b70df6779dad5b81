"""What the stacks are told: sizes, counts, what is kept, and what belongs to one installation alone."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from darkroom.accounts.allowances import HIGHEST_BURST, HIGHEST_RATE, Unlimited
from darkroom.limits import DEFAULT_UPLOAD_BYTES, HIGHEST_UPLOAD_BYTES
from darkroom.topology import BucketSpec, Topology

US_EAST_1: Final = "us-east-1"
"""Where CloudFront takes web ACLs and certificates from."""


ServiceName = Literal["upload", "orchestrator", "processor"]


class Nat(StrEnum):
    """How tasks in private subnets reach what has no VPC endpoint."""

    GATEWAY = "gateway"
    """A managed gateway a zone: no upkeep, the dearest."""
    INSTANCE = "instance"
    """One small EC2 instance: cheap, a single point of failure."""
    NONE = "none"
    """No way out: endpoints carry all traffic to AWS, and webhooks cannot be delivered."""


class Architecture(StrEnum):
    """CPU of the tasks. Images are built for one of them."""

    X86_64 = "x86_64"
    """What the image engine is measured on: its resampler has a wheel for it."""
    ARM64 = "arm64"
    """Graviton: a vCPU is a fifth cheaper, and pictures take more of it; docs/decisions/0026 has the sums."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class TaskSize(_Value):
    """One Fargate task, and how many of them run."""

    cpu: int
    """CPU units, 1,024 a core."""
    memory_mib: int
    min_tasks: Annotated[int, Field(ge=1)]
    max_tasks: int


class ProcessorSize(TaskSize):
    """Processors: scaled on how much work waits for each."""

    on_demand_tasks: int
    """Tasks that never run on Spot, so that an interruption of all Spot capacity does not stop the work."""
    spot_weight: Annotated[int, Field(ge=0, le=100)]
    """Of 100 tasks beyond `on_demand_tasks`, how many run on Spot."""
    task_seconds: float = 0.5
    """Mean time one child takes for one message; `make bench` measures it."""
    acceptable_wait_seconds: int = 60
    """How long a message may wait in a backlog that is being worked off."""
    cpu_percent: int = 80
    """CPU at which more tasks are started, too, and below which the number of tasks may fall."""
    scale_out_cooldown_seconds: int = 240
    """Until the metric shows the tasks that were just started: sooner, it asks for the same ones again and again."""
    scale_in_cooldown_seconds: int = 300

    @property
    def children(self) -> int:
        """Messages a task works on at a time: one a core."""
        return max(self.cpu // 1024, 1)

    @property
    def backlog_target(self) -> int:
        """Visible messages a task can work off within the acceptable wait."""
        return int(self.acceptable_wait_seconds * self.children / self.task_seconds)


class Domain(_Value):
    """A name of one's own. Without one, CloudFront's name is used, and CloudFront speaks HTTP to the load balancer."""

    name: str
    hosted_zone_id: str
    hosted_zone_name: str
    certificate_arn: str
    """For `name` and `results.<name>`; in us-east-1, for CloudFront."""
    origin_certificate_arn: str
    """For `origin.<name>`; in the region of the load balancer."""

    @property
    def origin(self) -> str:
        """The load balancer's name, which CloudFront asks."""
        return f"origin.{self.name}"


class StageConfig(_Value):
    """Everything the stacks are told."""

    stage: Literal["dev", "prod"]
    prefix: str
    """Begins every name."""
    region: str = US_EAST_1
    zones: Annotated[int, Field(ge=2, le=3)]
    nat: Nat
    architecture: Architecture = Architecture.X86_64
    keep_data: bool
    """Keep buckets and tables when their stack is deleted, and protect them against deletion."""
    upload: TaskSize
    orchestrator: TaskSize
    processor: ProcessorSize
    image_tag: str = "main"
    """Tag of the images that `image_digests` does not name."""
    image_digests: Mapping[ServiceName, str] = {}
    """`sha256:…` of images, which is how the pipelines deploy: a digest cannot be moved to another image."""
    max_upload_bytes: Annotated[int, Field(gt=0, le=HIGHEST_UPLOAD_BYTES)] = DEFAULT_UPLOAD_BYTES
    default_requests_per_second: Annotated[float, Field(ge=0.001, le=HIGHEST_RATE)] | Unlimited
    """Rate of sessions, and of API keys that have none of their own. No limit is said by the word `unlimited`."""
    default_burst: Annotated[int, Field(ge=1, le=HIGHEST_BURST)]
    """Requests at once, after a rest, of the same."""
    default_jobs_per_day: Annotated[int, Field(ge=1)] | Unlimited
    default_bytes_per_day: Annotated[int, Field(ge=1)] | Unlimited
    default_stored_bytes: Annotated[int, Field(ge=1)] | Unlimited
    requests_per_address: Annotated[int, Field(ge=10)] = 10_000
    """How many requests one address may make in five minutes, before the firewall turns it away. A back end that
    uploads for its own users is one address."""
    default_owner: str = "demo"
    """Owner of files dropped into `incoming/`."""
    traces_sampled: Annotated[float, Field(ge=0, le=1)] = 0
    """Part of all traces that X-Ray is sent. With 0 no collector runs, and the services make no spans."""
    collector_image: str = "v0.50.0"
    """Tag or digest of the collector, a copy of `public.ecr.aws/aws-observability/aws-otel-collector`."""
    budget_usd: int
    """A month."""
    alarm_email: str | None = None
    event_email: str | None = None
    """Receives the job events of `event_owner`."""
    event_owner: str | None = None
    domain: Domain | None = None
    cloudfront_prefix_list: str | None = None
    """Id of `com.amazonaws.global.cloudfront.origin-facing`: the load balancer is then open to CloudFront alone."""
    origin_secret_version: str | None = None
    """Version of the secret that CloudFront shows the load balancer. Without it, the one that was current when the
    stacks were made; CloudFormation does not look again by itself."""
    origin_other_secret_version: str | None = None
    """One more that the load balancer takes: the next or the last one, while the secret changes."""
    results_public_key: str | None = None
    """PEM of the P-256 or RSA 2048 key that links to the results distribution open with; there is none without."""
    results_other_public_key: str | None = None
    """One more such key, whose links open as well: the next or the last one, while keys change."""
    results_key_secret_arn: str | None = None
    """The secret that the upload service signs such links with: JSON of `key_pair_id` and `private_key`. Without it
    links lead to S3."""
    replica_region: str | None = None
    """Where a copy of the results bucket and of the tables is kept."""
    recovers: str | None = None
    """The prefix of an installation whose region is lost. Its copies of tables and results in this region are taken
    over; everything else is new, under a prefix of its own."""
    reads_as_caller: bool = False
    """Whether the CDK reads deployed templates as whoever calls it, not by the bootstrap's lookup role. That role may
    read everything in the account, data included, so the role of pull requests cannot take it."""
    github_repository: str | None = None
    """`owner/name` of the repository whose pipelines may deploy."""
    github_provider_arn: str | None = None
    """The account's identity provider for `token.actions.githubusercontent.com`, of which there can be only one.
    Without it the stage makes it."""

    @model_validator(mode="after")
    def _fits_together(self) -> "StageConfig":
        if (self.event_email is None) != (self.event_owner is None):
            raise ValueError("event_email and event_owner belong together")
        if not self.results_public_key and (self.results_other_public_key or self.results_key_secret_arn):
            raise ValueError("results_other_public_key and results_key_secret_arn need results_public_key")
        if self.replica_region == self.region:
            raise ValueError("replica_region must be another region")
        if self.recovers == self.prefix or (self.recovers and self.replica_region):
            raise ValueError("an installation that recovers another has a prefix of its own, and no replica_region yet")
        return self

    def image(self, service: ServiceName) -> str:
        """The digest or tag of a service's image."""
        return self.image_digests.get(service, self.image_tag)

    @property
    def traced(self) -> bool:
        """Whether the services make spans."""
        return self.traces_sampled > 0

    @property
    def topology(self) -> Topology:
        """Queues, buckets, tables and the topic of this stage."""
        own = Topology.named(self.prefix)
        if self.recovers is None:
            return own
        lost = Topology.named(self.recovers)
        return replace(own, jobs=lost.jobs, accounts=lost.accounts, results_bucket=copy_of(lost.results_bucket))

    @property
    def origin_secret_name(self) -> str:
        """The secret that CloudFront shows the load balancer."""
        return f"{self.prefix}/origin"

    @property
    def data_keys_name(self) -> str:
        """The secret with which secrets in the tables are encrypted: of the installation whose tables they are."""
        return f"{self.recovers or self.prefix}/data-keys"

    @property
    def is_prod(self) -> bool:
        """Whether people rely on it."""
        return self.stage == "prod"


def copy_of(results: BucketSpec) -> BucketSpec:
    """The copy of the results bucket in another region.

    Versions that were deleted here are behind delete markers there, and last for a day.
    """
    return replace(results, name=f"{results.name}-replica", noncurrent_days=1)

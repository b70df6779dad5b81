"""Configuration of the stacks: sizes, counts, retention, and what only one installation has (domain, keys, e-mail)."""

from collections.abc import Mapping
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from darkroom.accounts.allowances import HIGHEST_BURST, HIGHEST_RATE, Unlimited
from darkroom.limits import (
    DEFAULT_ORIGINAL_DAYS,
    DEFAULT_UPLOAD_BYTES,
    HIGHEST_UPLOAD_BYTES,
    LONGEST_ORIGINAL_DAYS,
)
from darkroom.topology import BucketSpec, Topology

US_EAST_1: Final = "us-east-1"
"""The region in which CloudFront looks for web ACLs and certificates."""


ServiceName = Literal["upload", "orchestrator", "processor"]


class Nat(StrEnum):
    """How tasks in private subnets reach addresses for which there is no VPC endpoint."""

    GATEWAY = "gateway"
    """One managed gateway for each zone: no upkeep, the highest price."""
    INSTANCE = "instance"
    """One small EC2 instance: cheap, but a single point of failure."""
    NONE = "none"
    """No route to the internet: VPC endpoints carry all traffic to AWS, and webhooks cannot be delivered."""


class Architecture(StrEnum):
    """CPU architecture of the tasks. Container images are built for one architecture."""

    X86_64 = "x86_64"
    """The architecture on which the image engine is measured: its resampler has a wheel for it."""
    ARM64 = "arm64"
    """Graviton: a vCPU costs a fifth less, and an image takes more CPU time. docs/decisions/0026 compares the costs."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", use_attribute_docstrings=True)


class TaskSize(_Value):
    """The size of a Fargate task, and how many tasks run."""

    cpu: int
    """CPU units; 1,024 are one core."""
    memory_mib: int
    min_tasks: Annotated[int, Field(ge=1)]
    max_tasks: int


class ProcessorSize(TaskSize):
    """Processors. Scaling keeps the number of waiting messages for each task near a target."""

    on_demand_tasks: int
    """Number of tasks that never run on Spot, so that work goes on when AWS takes all Spot capacity away."""
    spot_weight: Annotated[int, Field(ge=0, le=100)]
    """How many of 100 tasks beyond `on_demand_tasks` run on Spot."""
    task_seconds: float = 0.5
    """Mean seconds that one child takes for one message. `make bench` measures it."""
    acceptable_wait_seconds: int = 60
    """Seconds that a message may wait while a backlog is processed."""
    cpu_percent: int = 80
    """CPU use, in percent, above which more tasks start and below which the number of tasks may fall."""
    scale_out_cooldown_seconds: int = 240
    """Seconds until the metric includes tasks that have just started. With less, scaling starts them twice."""
    scale_in_cooldown_seconds: int = 300

    @property
    def children(self) -> int:
        """Number of messages that a task processes at once: one for each core."""
        return max(self.cpu // 1024, 1)

    @property
    def backlog_target(self) -> int:
        """Number of visible messages that one task can process within the acceptable wait."""
        return int(self.acceptable_wait_seconds * self.children / self.task_seconds)


class Domain(_Value):
    """The installation's own domain name.

    Without one, clients use CloudFront's name, and CloudFront sends plain HTTP to the load balancer.
    """

    name: str
    hosted_zone_id: str
    hosted_zone_name: str
    certificate_arn: str
    """ARN of the certificate for `name` and `results.<name>`. It is in us-east-1, where CloudFront looks for it."""
    origin_certificate_arn: str
    """ARN of the certificate for `origin.<name>`. It is in the region of the load balancer."""

    @property
    def origin(self) -> str:
        """The load balancer's host name, to which CloudFront connects."""
        return f"origin.{self.name}"


class StageConfig(_Value):
    """All settings of the stacks."""

    stage: Literal["dev", "prod"]
    prefix: str
    """Prefix of every resource name."""
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
    """Tag of the images of services that `image_digests` does not list."""
    image_digests: Mapping[ServiceName, str] = {}
    """Digests (`sha256:…`) of the services' images. The pipelines deploy by digest, which never moves."""
    max_upload_bytes: Annotated[int, Field(gt=0, le=HIGHEST_UPLOAD_BYTES)] = DEFAULT_UPLOAD_BYTES
    original_days: Annotated[int, Field(ge=1, le=LONGEST_ORIGINAL_DAYS)] = DEFAULT_ORIGINAL_DAYS
    """Days for which an original is readable, unless its job keeps it."""
    default_requests_per_second: Annotated[float, Field(ge=0.001, le=HIGHEST_RATE)] | Unlimited
    """Requests per second of a session, and of an API key without a rate of its own. `unlimited` means no limit."""
    default_burst: Annotated[int, Field(ge=1, le=HIGHEST_BURST)]
    """Requests that such a caller may send at once after a pause."""
    default_jobs_per_day: Annotated[int, Field(ge=1)] | Unlimited
    default_bytes_per_day: Annotated[int, Field(ge=1)] | Unlimited
    default_stored_bytes: Annotated[int, Field(ge=1)] | Unlimited
    requests_per_address: Annotated[int, Field(ge=10)] = 10_000
    """Requests that one IP address may send in five minutes before the firewall refuses it. A back end that uploads for
    its own users is one address."""
    default_owner: str = "demo"
    """Owner of files dropped into `incoming/`."""
    traces_sampled: Annotated[float, Field(ge=0, le=1)] = 0
    """Share of traces, from 0 to 1, that go to X-Ray. With 0, no collector runs and the services make no spans."""
    collector_image: str = "v0.50.0"
    """Tag or digest of the collector's image, a copy of `public.ecr.aws/aws-observability/aws-otel-collector`."""
    budget_usd: int
    """Budget for a month, in US dollars."""
    alarm_email: str | None = None
    event_email: str | None = None
    """E-mail address that receives the job events of `event_owner`."""
    event_owner: str | None = None
    domain: Domain | None = None
    cloudfront_prefix_list: str | None = None
    """Id of the prefix list `com.amazonaws.global.cloudfront.origin-facing`. With it, the load balancer accepts
    connections from CloudFront only."""
    origin_secret_version: str | None = None
    """Version of the secret that CloudFront sends to the load balancer. Default: the version that was current when the
    stacks were made, since CloudFormation does not look it up again."""
    origin_other_secret_version: str | None = None
    """A second version that the load balancer accepts: the next or the previous one while the secret is rotated."""
    results_public_key: str | None = None
    """Public key (PEM; P-256 or RSA 2048) that checks signed links to results. Without it,
    the distribution of results serves public addresses only."""
    results_other_public_key: str | None = None
    """A second such key whose links are valid too: the next or the previous one while keys are rotated."""
    results_key_secret_arn: str | None = None
    """ARN of the secret with which the upload service signs these links: JSON with `key_pair_id` and `private_key`.
    Without it, links lead to S3."""
    replica_region: str | None = None
    """Region that holds a copy of the results bucket and of the tables."""
    recovers: str | None = None
    """Prefix of an installation whose region is lost. This installation takes over its copies of tables and results in
    this region. Everything else is new and has this installation's own prefix."""
    reads_as_caller: bool = False
    """Whether the CDK reads deployed templates with the caller's own rights instead of the bootstrap's lookup role. The
    lookup role may read everything in the account, data included, so the role of pull requests may not assume it."""
    github_repository: str | None = None
    """Repository (`owner/name`) whose pipelines may deploy."""
    github_provider_arn: str | None = None
    """ARN of the account's identity provider for `token.actions.githubusercontent.com`. An account has at most one.
    Without it, the stage creates the provider."""

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
        """Return the digest of a service's image, or its tag if no digest is set."""
        return self.image_digests.get(service, self.image_tag)

    @property
    def traced(self) -> bool:
        """Whether the services make spans for tracing."""
        return self.traces_sampled > 0

    @property
    def topology(self) -> Topology:
        """Queues, buckets, tables and the topic of this stage."""
        own = Topology.named(self.prefix, original_days=self.original_days)
        if self.recovers is None:
            return own
        lost = Topology.named(self.recovers)
        return replace(own, jobs=lost.jobs, accounts=lost.accounts, results=copy_of(lost.results))

    @property
    def orchestrator_role_name(self) -> str:
        """Name of the role of the orchestrator's tasks, to which the delivery stack adds a right."""
        return f"{self.prefix}-{self.region}-orchestrator"

    @property
    def results_distribution_parameter(self) -> str:
        """Name of the parameter, in us-east-1, with the id of the distribution of results."""
        return f"/{self.prefix}/results-distribution-id"

    @property
    def origin_secret_name(self) -> str:
        """Name of the secret that CloudFront sends to the load balancer."""
        return f"{self.prefix}/origin"

    @property
    def data_keys_name(self) -> str:
        """Name of the secret that encrypts secrets in the tables, as named by the installation that made the tables."""
        return f"{self.recovers or self.prefix}/data-keys"

    @property
    def is_prod(self) -> bool:
        """Whether this is the production stage."""
        return self.stage == "prod"


def copy_of(results: BucketSpec) -> BucketSpec:
    """Return the specification of the results bucket's copy in another region.

    A version that is deleted in the original gets a delete marker in the copy and stays there for one day.
    """
    return replace(results, name=f"{results.name}-replica", noncurrent_days=1)

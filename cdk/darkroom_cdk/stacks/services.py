"""The three services."""

from collections.abc import Mapping
from typing import Final, cast

from aws_cdk import CfnOutput
from aws_cdk import aws_ecs as ecs
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from aws_cdk import aws_servicediscovery as discovery
from aws_cdk import aws_ssm as ssm
from constructs import Construct

from darkroom_cdk.config import ServiceName, StageConfig, TaskSize
from darkroom_cdk.constructs.collector import CollectorProps
from darkroom_cdk.constructs.fargate_api import FargateApi
from darkroom_cdk.constructs.fargate_task import TaskProps
from darkroom_cdk.constructs.fargate_worker import FargateWorker
from darkroom_cdk.stacks.balancer import BalancerStack
from darkroom_cdk.stacks.data import Tables
from darkroom_cdk.stacks.delivery import DeliveryStack
from darkroom_cdk.stacks.environment import (
    orchestrator_environment,
    processor_environment,
    traces_environment,
    upload_environment,
)
from darkroom_cdk.stacks.messaging import MessagingStack
from darkroom_cdk.stacks.network import ORCHESTRATOR_PORT, PROCESSOR_PORT, UPLOAD_PORT, NetworkStack
from darkroom_cdk.stacks.permissions import PermissionsStack
from darkroom_cdk.stacks.registry import RegistryStack
from darkroom_cdk.stacks.stage_stack import StageStack
from darkroom_cdk.stacks.storage import StorageStack

_API_STOP_SECONDS: Final = 60
"""Seconds until SIGKILL; more than the services' own drain time of 25 s."""
_WORKER_STOP_SECONDS: Final = 120
_REQUESTS_PER_TASK_AND_MINUTE: Final = 1500
_NO_SECRETS: Final[Mapping[str, ecs.Secret]] = {}


class ServicesStack(StageStack):
    """The upload service behind the load balancer, the orchestrator with a DNS name in the VPC, and the processors."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        network: NetworkStack,
        balancer: BalancerStack,
        registry: RegistryStack,
        storage: StorageStack,
        messaging: MessagingStack,
        data: Tables,
        permissions: PermissionsStack,
        delivery: DeliveryStack,
    ) -> None:
        super().__init__(scope, construct_id, config=config, description="Darkroom: services")
        self._config = config
        self._network = network
        self._registry = registry
        self._collector = (
            CollectorProps(repository=registry.collector, image=config.collector_image) if registry.collector else None
        )
        self.cluster = ecs.Cluster(
            self,
            "Cluster",
            vpc=network.vpc,
            cluster_name=config.prefix,
            container_insights_v2=ecs.ContainerInsights.ENHANCED,
        )
        # Set on the cluster itself: CDK adds capacity providers as a resource of their own, and services that use them
        # would neither wait for it nor be deleted before it.
        cast("ecs.CfnCluster", self.cluster.node.default_child).capacity_providers = ["FARGATE", "FARGATE_SPOT"]
        # A DNS name is enough for the one caller, which retries. Service Connect would add a proxy to every task.
        namespace = discovery.PrivateDnsNamespace(self, "Names", vpc=network.vpc, name=f"{config.prefix}.internal")
        self.orchestrator = self._api(
            "orchestrator",
            size=config.orchestrator,
            port=ORCHESTRATOR_PORT,
            environment=orchestrator_environment(config, storage, messaging, data),
            secrets={**_data_keys(data), **_results_distribution(config, delivery)},
            role=permissions.orchestrator.role,
            found_in=namespace,
        )
        url = f"http://orchestrator.{namespace.namespace_name}:{ORCHESTRATOR_PORT}"
        self.upload = self._api(
            "upload",
            size=config.upload,
            port=UPLOAD_PORT,
            environment=upload_environment(config, storage, messaging, data, delivery, orchestrator_url=url),
            secrets={**_data_keys(data), **self._results_key(config.results_key_secret_arn)},
            role=permissions.upload.role,
        )
        balancer.origin.target_group.add_target(self.upload.service)
        self.upload.scale_on_requests(balancer.origin.target_group, per_minute=_REQUESTS_PER_TASK_AND_MINUTE)
        self.processor = FargateWorker(
            self,
            "Processor",
            cluster=self.cluster,
            props=self._props(
                "processor",
                size=config.processor,
                port=PROCESSOR_PORT,
                environment=processor_environment(config, storage, messaging),
                role=permissions.processor.role,
                stop_seconds=_WORKER_STOP_SECONDS,
            ),
            size=config.processor,
            queue=messaging.tasks.queue,
            log_group_prefix=config.prefix,
            subnets=network.tasks,
            security_groups=[network.processor_group],
        )
        CfnOutput(self, "ClusterName", value=self.cluster.cluster_name)

    def _api(
        self,
        name: ServiceName,
        *,
        size: TaskSize,
        port: int,
        environment: dict[str, str],
        role: iam.Role,
        secrets: Mapping[str, ecs.Secret] = _NO_SECRETS,
        found_in: discovery.INamespace | None = None,
    ) -> FargateApi:
        groups = {"upload": self._network.upload_group, "orchestrator": self._network.orchestrator_group}
        return FargateApi(
            self,
            name.title(),
            cluster=self.cluster,
            props=self._props(
                name,
                size=size,
                port=port,
                environment=environment,
                secrets=secrets,
                role=role,
                stop_seconds=_API_STOP_SECONDS,
            ),
            log_group_prefix=self._config.prefix,
            subnets=self._network.tasks,
            security_groups=[groups[name]],
            found_as=found_in,
        )

    def _props(
        self,
        name: ServiceName,
        *,
        size: TaskSize,
        port: int,
        environment: dict[str, str],
        role: iam.Role,
        stop_seconds: int,
        secrets: Mapping[str, ecs.Secret] = _NO_SECRETS,
    ) -> TaskProps:
        return TaskProps(
            name=name,
            repository=self._registry.repositories[name],
            image=self._config.image(name),
            size=size,
            architecture=self._config.architecture,
            port=port,
            environment=environment | (traces_environment(self._config) if self._collector else {}),
            secrets=secrets,
            role=role,
            stop_seconds=stop_seconds,
            collector=self._collector,
        )

    def _results_key(self, arn: str | None) -> Mapping[str, ecs.Secret]:
        """Return the variables for signing links to results. Key and id are one secret, so they change together."""
        if arn is None:
            return _NO_SECRETS
        secret = secretsmanager.Secret.from_secret_complete_arn(self, "ResultsKey", arn)
        return {
            "DARKROOM_RESULTS_KEY_PAIR_ID": ecs.Secret.from_secrets_manager(secret, "key_pair_id"),
            "DARKROOM_RESULTS_PRIVATE_KEY": ecs.Secret.from_secrets_manager(secret, "private_key"),
        }


def _data_keys(data: Tables) -> Mapping[str, ecs.Secret]:
    """Return the variable with the data keys. ECS passes it to a task; no role of a service may read the secret."""
    return {"DARKROOM_DATA_KEYS": ecs.Secret.from_secrets_manager(data.keys)}


def _results_distribution(config: StageConfig, delivery: DeliveryStack) -> Mapping[str, ecs.Secret]:
    """Return the variable with the id of the distribution of results, which lies in the region of its stack."""
    known = ssm.StringParameter.from_string_parameter_attributes(
        delivery, "KnownResultsDistribution", parameter_name=config.results_distribution_parameter
    )
    return {"DARKROOM_RESULTS_DISTRIBUTION_ID": ecs.Secret.from_ssm_parameter(known)}

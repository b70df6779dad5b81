"""Repositories of container images."""

from typing import get_args

from aws_cdk import CfnOutput, Duration, RemovalPolicy
from aws_cdk import aws_ecr as ecr
from constructs import Construct

from darkroom_cdk.config import ServiceName, StageConfig
from darkroom_cdk.stacks.stage_stack import StageStack


class RegistryStack(StageStack):
    """One repository for each image. The stack is separate because services cannot start before their images exist."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id, config=config, description="Darkroom: image repositories")
        names: tuple[ServiceName, ...] = get_args(ServiceName)
        self.repositories = {name: self._repository(config, name) for name in names}
        self.collector = self._repository(config, "collector") if config.traced else None
        """Holds a copy of AWS's image, since a stage without NAT reaches no other registry. None without tracing."""

    def _repository(self, config: StageConfig, image: str) -> ecr.Repository:
        repository = ecr.Repository(
            self,
            image.title(),
            repository_name=f"{config.prefix}/{image}",
            image_scan_on_push=True,
            image_tag_mutability=ecr.TagMutability.IMMUTABLE,
            encryption=ecr.RepositoryEncryption.AES_256,
            removal_policy=RemovalPolicy.RETAIN if config.keep_data else RemovalPolicy.DESTROY,
            empty_on_delete=not config.keep_data,
        )
        repository.add_lifecycle_rule(
            description="Untagged images", tag_status=ecr.TagStatus.UNTAGGED, max_image_age=Duration.days(7)
        )
        repository.add_lifecycle_rule(description="All but the last 50", max_image_count=50)
        CfnOutput(self, f"{image.title()}RepositoryUri", value=repository.repository_uri)
        return repository

"""The load balancer in front of the upload service."""

from aws_cdk import RemovalPolicy, SecretValue
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from darkroom_cdk.config import US_EAST_1, Domain, StageConfig
from darkroom_cdk.constructs.accepted_findings import accept
from darkroom_cdk.constructs.balancer import OriginBalancer
from darkroom_cdk.constructs.distribution import hosted_zone
from darkroom_cdk.stacks.network import UPLOAD_PORT, NetworkStack
from darkroom_cdk.stacks.stage_stack import StageStack
from darkroom_cdk.stacks.storage import StorageStack


class BalancerStack(StageStack):
    """The load balancer, its DNS name, and the secret that CloudFront sends to it.

    This stack precedes the distributions, which name the load balancer as an origin. The services come after both and
    add their tasks to the target group.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        config: StageConfig,
        network: NetworkStack,
        storage: StorageStack,
    ) -> None:
        super().__init__(scope, construct_id, config=config, description="Darkroom: load balancer")
        self._config = config
        self.origin = OriginBalancer(
            self,
            "Origin",
            vpc=network.vpc,
            security_group=network.balancer_group,
            port=UPLOAD_PORT,
            secrets=self._accepted_secrets(self._secret()),
            certificate_arn=config.domain.origin_certificate_arn if config.domain else None,
            log_bucket=storage.logs,
            protect=config.keep_data,
        )
        if config.domain:
            self._name_origin(config.domain)

    def _name_origin(self, domain: Domain) -> None:
        """Add the DNS name of the load balancer's certificate. The edge stack then refers to nothing in this region."""
        target = route53.RecordTarget.from_alias(targets.LoadBalancerTarget(self.origin.balancer))
        zone = hosted_zone(self, domain)
        route53.ARecord(self, "OriginRecord", zone=zone, record_name=f"{domain.origin}.", target=target)

    def _accepted_secrets(self, secret: secretsmanager.Secret) -> list[SecretValue]:
        """Return the secrets that the load balancer accepts from CloudFront."""
        versions = (self._config.origin_secret_version, self._config.origin_other_secret_version)
        return [
            SecretValue.secrets_manager(secret.secret_arn, version_id=version) for version in versions if version
        ] or [secret.secret_value]

    def _secret(self) -> secretsmanager.Secret:
        secret = secretsmanager.Secret(
            self,
            "OriginSecret",
            secret_name=self._config.origin_secret_name,
            description="The secret that CloudFront sends to the load balancer",
            generate_secret_string=secretsmanager.SecretStringGenerator(exclude_punctuation=True, password_length=48),
            removal_policy=RemovalPolicy.DESTROY,
            # The edge stack reads the secret by name in its own region.
            replica_regions=[]
            if self._config.region == US_EAST_1
            else [secretsmanager.ReplicaRegion(region=US_EAST_1)],
        )
        accept(
            secret,
            "CloudFront and the listener must change together, which a deployment does and a rotation function does "
            "not; docs/operations.md has the steps.",
            "AwsSolutions-SMG4",
        )
        return secret

"""The VPC: subnets, NAT, endpoints and security groups."""

from typing import Final

from aws_cdk import Fn, RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_logs as logs
from constructs import Construct

from darkroom_cdk.config import Nat, StageConfig
from darkroom_cdk.constructs.accepted_findings import accept
from darkroom_cdk.constructs.nat_instance import nat_instance, settle
from darkroom_cdk.stacks.stage_stack import StageStack

UPLOAD_PORT: Final = 8000
ORCHESTRATOR_PORT: Final = 8001
PROCESSOR_PORT: Final = 8002

_ADDRESSES: Final = "10.20.0.0/16"
_HTTPS: Final = ec2.Port.tcp(443)
_HTTP: Final = ec2.Port.tcp(80)

_ENDPOINTS: Final = {
    "Sqs": ec2.InterfaceVpcEndpointAwsService.SQS,
    "Sns": ec2.InterfaceVpcEndpointAwsService.SNS,
    "EcrApi": ec2.InterfaceVpcEndpointAwsService.ECR,
    "EcrDocker": ec2.InterfaceVpcEndpointAwsService.ECR_DOCKER,
    "Logs": ec2.InterfaceVpcEndpointAwsService.CLOUDWATCH_LOGS,
    "Secrets": ec2.InterfaceVpcEndpointAwsService.SECRETS_MANAGER,
}
_ENDPOINTS_WITHOUT_NAT: Final = {
    # For ECS Exec. With a NAT, its use is too rare to pay for an endpoint.
    "SsmMessages": ec2.InterfaceVpcEndpointAwsService.SSM_MESSAGES,
}


class NetworkStack(StageStack):
    """Public subnets for the load balancer, private subnets for the tasks, and security groups that name each other."""

    def __init__(self, scope: Construct, construct_id: str, *, config: StageConfig) -> None:
        super().__init__(scope, construct_id, config=config, description="Darkroom: network")
        private = ec2.SubnetType.PRIVATE_ISOLATED if config.nat is Nat.NONE else ec2.SubnetType.PRIVATE_WITH_EGRESS
        nat = nat_instance() if config.nat is Nat.INSTANCE else None
        self.vpc = ec2.Vpc(
            self,
            "Vpc",
            ip_addresses=ec2.IpAddresses.cidr(_ADDRESSES),
            availability_zones=[Fn.select(zone, Fn.get_azs()) for zone in range(config.zones)],
            nat_gateway_provider=nat,
            nat_gateways={Nat.GATEWAY: config.zones, Nat.INSTANCE: 1, Nat.NONE: 0}[config.nat],
            subnet_configuration=[
                ec2.SubnetConfiguration(name="public", subnet_type=ec2.SubnetType.PUBLIC, cidr_mask=24),
                ec2.SubnetConfiguration(name="private", subnet_type=private, cidr_mask=20),
            ],
            # No resource uses the default group, and removing its rules takes a Lambda function.
            restrict_default_security_group=False,
        )
        if nat:
            settle(nat, _ADDRESSES)
        self.tasks = ec2.SubnetSelection(subnet_group_name="private")
        self._log_flows(config)
        self._add_security_groups(config)
        self._add_endpoints(config)

    def _log_flows(self, config: StageConfig) -> None:
        group = logs.LogGroup(
            self,
            "FlowLogs",
            log_group_name=f"/{config.prefix}/flows",
            retention=logs.RetentionDays.TWO_WEEKS,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.vpc.add_flow_log(
            "Flows",
            destination=ec2.FlowLogDestination.to_cloud_watch_logs(group),
            traffic_type=ec2.FlowLogTrafficType.REJECT if not config.is_prod else ec2.FlowLogTrafficType.ALL,
        )

    def _add_security_groups(self, config: StageConfig) -> None:
        self.balancer_group = self._group("Balancer", "the load balancer")
        self.upload_group = self._group("Upload", "upload tasks")
        self.orchestrator_group = self._group("Orchestrator", "orchestrator tasks", outbound=True)
        """The orchestrator connects to any port that the URL of a webhook or an import names, so all outbound ports are
        open."""
        self.processor_group = self._group("Processor", "processor tasks")

        self._open_balancer(config)
        self.upload_group.add_ingress_rule(self.balancer_group, ec2.Port.tcp(UPLOAD_PORT), "Requests")
        self.balancer_group.add_egress_rule(self.upload_group, ec2.Port.tcp(UPLOAD_PORT), "Requests")
        self.orchestrator_group.add_ingress_rule(
            self.upload_group, ec2.Port.tcp(ORCHESTRATOR_PORT), "Cancel, retry, delete"
        )
        self.upload_group.add_egress_rule(
            self.orchestrator_group, ec2.Port.tcp(ORCHESTRATOR_PORT), "Cancel, retry, delete"
        )
        # Any address: S3's and DynamoDB's are known only as prefix lists, which differ by region.
        for tasks in (self.upload_group, self.processor_group):
            tasks.add_egress_rule(ec2.Peer.any_ipv4(), _HTTPS, "Calls of AWS")

    def _open_balancer(self, config: StageConfig) -> None:
        if config.cloudfront_prefix_list:
            # One port only: the prefix list counts as 55 of the 60 rules that a group may have.
            self.balancer_group.add_ingress_rule(
                ec2.Peer.prefix_list(config.cloudfront_prefix_list),
                _HTTPS if config.domain else _HTTP,
                "CloudFront alone",
            )
            return
        for port in (_HTTPS, _HTTP) if config.domain else (_HTTP,):
            self.balancer_group.add_ingress_rule(ec2.Peer.any_ipv4(), port, "Guarded by the origin secret")
        accept(
            self.balancer_group,
            "The listener answers 403 without the secret that CloudFront adds. Naming CloudFront's prefix "
            "list in the configuration closes the port as well.",
            "AwsSolutions-EC23",
        )

    def _group(self, name: str, whose: str, *, outbound: bool = False) -> ec2.SecurityGroup:
        return ec2.SecurityGroup(
            self, f"{name}Group", vpc=self.vpc, description=f"Security group of {whose}", allow_all_outbound=outbound
        )

    def _add_endpoints(self, config: StageConfig) -> None:
        self.vpc.add_gateway_endpoint("S3", service=ec2.GatewayVpcEndpointAwsService.S3)
        self.vpc.add_gateway_endpoint("DynamoDb", service=ec2.GatewayVpcEndpointAwsService.DYNAMODB)
        group = self._group("Endpoint", "the interface endpoints")
        for tasks in (self.upload_group, self.orchestrator_group, self.processor_group):
            group.add_ingress_rule(tasks, _HTTPS, "Calls of AWS")
        for name, service in _interface_endpoints(config).items():
            self.vpc.add_interface_endpoint(
                name, service=service, subnets=self.tasks, security_groups=[group], open=False
            )


def _interface_endpoints(config: StageConfig) -> dict[str, ec2.InterfaceVpcEndpointAwsService]:
    if config.nat is not Nat.NONE:
        return _ENDPOINTS
    traces = {"XRay": ec2.InterfaceVpcEndpointAwsService.XRAY} if config.traced else {}
    return _ENDPOINTS | _ENDPOINTS_WITHOUT_NAT | traces

"""The load balancer in front of the upload service."""

from collections.abc import Sequence
from typing import Final

from aws_cdk import Duration, SecretValue
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_ec2 as ec2
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_s3 as s3
from constructs import Construct

ORIGIN_HEADER: Final = "x-origin-verify"
"""Name of the header with the secret that only CloudFront and the load balancer know."""
IDLE_SECONDS: Final = 60
"""Seconds after which the load balancer closes an idle connection.

This is four times the pause between comments on a quiet event stream. It is less than the services' own keep-alive
time, because the load balancer must be the side that closes a connection."""


class OriginBalancer(Construct):
    """An application load balancer for CloudFront only: a request without CloudFront's secret gets 403."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        vpc: ec2.IVpc,
        security_group: ec2.ISecurityGroup,
        port: int,
        secrets: Sequence[SecretValue],
        certificate_arn: str | None,
        log_bucket: s3.IBucket,
        protect: bool,
    ) -> None:
        super().__init__(scope, construct_id)
        self.balancer = elb.ApplicationLoadBalancer(
            self,
            "Balancer",
            vpc=vpc,
            internet_facing=True,
            security_group=security_group,
            idle_timeout=Duration.seconds(IDLE_SECONDS),
            drop_invalid_header_fields=True,
            deletion_protection=protect,
        )
        self.balancer.log_access_logs(log_bucket, "balancer")
        self.target_group = elb.ApplicationTargetGroup(
            self,
            "Upload",
            vpc=vpc,
            port=port,
            protocol=elb.ApplicationProtocol.HTTP,
            target_type=elb.TargetType.IP,
            deregistration_delay=Duration.seconds(30),
            load_balancing_algorithm_type=elb.TargetGroupLoadBalancingAlgorithmType.LEAST_OUTSTANDING_REQUESTS,
            # Liveness, not readiness: otherwise ECS would replace every task while another AWS service is unavailable.
            health_check=elb.HealthCheck(
                path="/healthz",
                interval=Duration.seconds(15),
                timeout=Duration.seconds(5),
                healthy_threshold_count=2,
                unhealthy_threshold_count=3,
            ),
        )
        listener = self._listen(certificate_arn)
        listener.add_action(
            "FromCloudFront",
            priority=1,
            conditions=[elb.ListenerCondition.http_header(ORIGIN_HEADER, [each.unsafe_unwrap() for each in secrets])],
            action=elb.ListenerAction.forward([self.target_group]),
        )

    def _listen(self, certificate_arn: str | None) -> elb.ApplicationListener:
        refuse = elb.ListenerAction.fixed_response(403, content_type="text/plain", message_body="Forbidden")
        if certificate_arn is None:
            return self.balancer.add_listener(
                "Http", port=80, protocol=elb.ApplicationProtocol.HTTP, default_action=refuse, open=False
            )
        self.balancer.add_redirect(open=False)
        return self.balancer.add_listener(
            "Https",
            port=443,
            certificates=[acm.Certificate.from_certificate_arn(self, "Certificate", certificate_arn)],
            ssl_policy=elb.SslPolicy.TLS13_RES,
            default_action=refuse,
            open=False,
        )

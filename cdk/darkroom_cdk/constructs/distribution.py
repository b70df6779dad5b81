"""CloudFront distributions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import Annotations, Duration, SecretValue
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_cloudfront as cloudfront
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_elasticloadbalancingv2 as elb
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from constructs import Construct

from darkroom.topology import BucketSpec
from darkroom_cdk.config import Domain, StageConfig
from darkroom_cdk.constructs.accepted_findings import accept
from darkroom_cdk.constructs.balancer import IDLE_SECONDS, ORIGIN_HEADER
from darkroom_cdk.constructs.bucket import bucket_arn

_UNCACHED_ERRORS: Final = (400, 403, 405, 414, 416, 500, 501, 502, 503, 504)
"""All statuses that CloudFront caches for ten seconds unless told otherwise, but 404 and 410. The answer to the next
request may be another."""
_NO_BEHAVIORS: Final[Mapping[str, cloudfront.BehaviorOptions]] = {}


@dataclass(frozen=True, kw_only=True)
class Guard:
    """The firewall in front of every distribution, and the bucket for their logs."""

    acl_arn: str
    logs: s3.IBucket


class GuardedDistribution(Construct):
    """A distribution behind the firewall, with logs, and with the installation's own name if there is a domain."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        guard: Guard,
        default: cloudfront.BehaviorOptions,
        additional: Mapping[str, cloudfront.BehaviorOptions] = _NO_BEHAVIORS,
        domain: Domain | None,
        name: str | None,
        default_root_object: str | None = None,
    ) -> None:
        """Create the distribution. `name` is its host name within the domain; None uses CloudFront's name."""
        super().__init__(scope, construct_id)
        self.distribution = cloudfront.Distribution(
            self,
            "Distribution",
            default_behavior=default,
            additional_behaviors=dict(additional),
            default_root_object=default_root_object,
            web_acl_id=guard.acl_arn,
            enable_logging=True,
            log_bucket=guard.logs,
            log_file_prefix=f"{construct_id.lower()}/",
            http_version=cloudfront.HttpVersion.HTTP2_AND_3,
            price_class=cloudfront.PriceClass.PRICE_CLASS_100,
            error_responses=[
                cloudfront.ErrorResponse(http_status=status, ttl=Duration.seconds(0)) for status in _UNCACHED_ERRORS
            ],
            **self._certified(domain, name),
        )
        self._accept(named=domain is not None)
        if domain and name:
            self._name(domain, name)

    def _certified(self, domain: Domain | None, name: str | None) -> dict[str, Any]:
        if domain is None:
            return {}
        return {
            "domain_names": [name],
            "minimum_protocol_version": cloudfront.SecurityPolicyProtocol.TLS_V1_2_2021,
            "certificate": acm.Certificate.from_certificate_arn(self, "Certificate", domain.certificate_arn),
        }

    def _accept(self, *, named: bool) -> None:
        Annotations.of(self.distribution).acknowledge_warning(
            "@aws-cdk/aws-cloudfront-origins:updateImportedBucketPolicyOac",
            "The storage stack's bucket policies allow this account's distributions.",
        )
        accept(self.distribution, "Pictures are made for the whole world.", "AwsSolutions-CFR1")
        if not named:
            reason = "Without a domain there is no own certificate: CloudFront's own, and plain HTTP to the origin."
            accept(self.distribution, reason, "AwsSolutions-CFR4", "AwsSolutions-CFR5")

    def _name(self, domain: Domain, name: str) -> None:
        zone = hosted_zone(self, domain)
        target = route53.RecordTarget.from_alias(targets.CloudFrontTarget(self.distribution))
        route53.ARecord(self, "Record", zone=zone, record_name=f"{name}.", target=target)
        route53.AaaaRecord(self, "RecordV6", zone=zone, record_name=f"{name}.", target=target)


def bucket_origin(scope: Construct, construct_id: str, *, spec: BucketSpec, region: str) -> cloudfront.IOrigin:
    """Return a bucket as an origin that gets signed requests. The bucket's policy is in the bucket's stack."""
    known = s3.Bucket.from_bucket_attributes(scope, construct_id, bucket_arn=bucket_arn(spec), region=region)
    return origins.S3BucketOrigin.with_origin_access_control(known)


def api_origin(config: StageConfig, balancer: elb.IApplicationLoadBalancer) -> cloudfront.IOrigin:
    """Return the load balancer as an origin that gets the secret which proves that a request comes from CloudFront."""
    domain = config.domain
    secret = SecretValue.secrets_manager(config.origin_secret_name, version_id=config.origin_secret_version)
    https = cloudfront.OriginProtocolPolicy.HTTPS_ONLY
    return origins.HttpOrigin(
        domain.origin if domain else balancer.load_balancer_dns_name,
        protocol_policy=https if domain else cloudfront.OriginProtocolPolicy.HTTP_ONLY,
        origin_ssl_protocols=[cloudfront.OriginSslPolicy.TLS_V1_2],
        custom_headers={ORIGIN_HEADER: secret.unsafe_unwrap()},
        # The longest time that CloudFront allows without a quota increase. Event streams send something every 15 s.
        read_timeout=Duration.seconds(60),
        # Shorter than the load balancer's idle time, so that CloudFront never sends on a closing connection.
        keepalive_timeout=Duration.seconds(IDLE_SECONDS - 5),
    )


def hosted_zone(scope: Construct, domain: Domain) -> route53.IHostedZone:
    """Return the hosted zone that contains the domain's names."""
    return route53.HostedZone.from_hosted_zone_attributes(
        scope, "Zone", hosted_zone_id=domain.hosted_zone_id, zone_name=domain.hosted_zone_name
    )

"""List prices of us-east-1 in US dollars, without free tiers and discounts, looked up in November 2026.

AWS's own pages show prices only in a browser. Prices without a page of AWS come from pages that quote AWS.
"""

from dataclasses import dataclass
from typing import Final

from darkroom_cdk.config import Architecture

MILLION: Final = 1_000_000
HOURS_A_MONTH: Final = 730


@dataclass(frozen=True, kw_only=True)
class Fargate:
    """Price of a task for an hour, by vCPU and by GB of memory."""

    vcpu: float
    gb: float


# Fargate, Linux, us-east-1: vantage.sh/blog/fargate-pricing.
FARGATE: Final = {
    Architecture.X86_64: Fargate(vcpu=0.04048, gb=0.004445),
    Architecture.ARM64: Fargate(vcpu=0.03238, gb=0.00356),
}
SPOT: Final = 0.35
"""Spot's price as a share of the on-demand price. It varies: wring.co/blog/aws-fargate-pricing-guide."""

# S3 Standard: devnotes.tech, "Understanding AWS S3 Pricing".
S3_PUT: Final = 0.005 / 1000
S3_GET: Final = 0.0004 / 1000
S3_GB_MONTH: Final = 0.023

# SQS, standard queue, and the surcharge for messages with a message group: cloudburn.io/blog/amazon-sqs-pricing.
SQS_REQUEST: Final = 0.40 / MILLION
SQS_FAIR: Final = 0.10 / MILLION

# SNS: factualminds.com/blog/amazon-sns-pricing-publishes-fanout-protocols. Deliveries to SQS are free.
SNS_PUBLISH: Final = 0.50 / MILLION
# A pipe's request and a custom event: cloudburn.io/blog/amazon-eventbridge-pricing.
PIPE_REQUEST: Final = 0.40 / MILLION
BUS_EVENT: Final = 1.00 / MILLION

# DynamoDB on demand: airbyte.com/data-engineering-resources/dynamodb-pricing.
DYNAMODB_WRITE: Final = 0.625 / MILLION
DYNAMODB_READ: Final = 0.125 / MILLION

# CloudFront, the first 10 TB to North America and Europe: aws.amazon.com/cloudfront/pricing.
CLOUDFRONT_GB: Final = 0.085
# An HTTPS request: kindatechnical.com, "CloudFront Pricing".
CLOUDFRONT_REQUEST: Final = 1.00 / MILLION
CLOUDFRONT_TO_ORIGIN_GB: Final = 0.020
"""Traffic from clients to the origin. No source was found: check this price."""
# WAF: awsnegotiations.com/waf-pricing-strategy.
WAF_REQUEST: Final = 0.60 / MILLION
WAF_ACL_MONTH: Final = 5.0
WAF_RULE_MONTH: Final = 1.0

# Application Load Balancer; a capacity unit is a GB an hour: cloud-horizons.com/blog/alb-the-line-item-nobody-watches.
BALANCER_HOUR: Final = 0.0225
BALANCER_UNIT: Final = 0.008

# NAT gateway and interface endpoint, an hour in one zone and a GB: zacfukuda.com/blog/aws-nat-gateway-vs-vpc-endpoint.
NAT_HOUR: Final = 0.045
NAT_GB: Final = 0.045
ENDPOINT_HOUR: Final = 0.010
ENDPOINT_GB: Final = 0.010

# CloudWatch: factualminds.com/blog/amazon-cloudwatch-pricing-metrics-logs-alarms-dashboards.
LOGS_GB: Final = 0.50
DASHBOARD_MONTH: Final = 3.0
ALARM_MONTH: Final = 0.10
"""Price of an alarm on one metric. No source was found for this and the next two: check these prices."""
KEY_MONTH: Final = 1.0
SECRET_MONTH: Final = 0.40

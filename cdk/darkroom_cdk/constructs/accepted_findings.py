"""Accept findings of cdk-nag, each beside the resource that it concerns and with a reason."""

from aws_cdk import Acknowledgment, Validations
from constructs import IConstruct


def accept(scope: IConstruct, reason: str, *rules: str) -> None:
    """Accept findings on a construct and all below it.

    Each rule is an id of cdk-nag's AwsSolutions pack or one finding of such a rule: `AwsSolutions-IAM5[Resource::*]`.
    """
    Validations.of(scope).acknowledge(*(Acknowledgment(id=rule, reason=reason) for rule in rules))

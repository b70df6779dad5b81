"""SNS topics."""

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct


class EncryptedTopic(Construct):
    """A topic for the account's own publishers: encrypted with the key that AWS keeps for SNS, TLS only."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        super().__init__(scope, construct_id)
        self.topic = sns.Topic(
            self,
            "Topic",
            topic_name=name,
            enforce_ssl=True,
            master_key=kms.Alias.from_alias_name(self, "Key", "alias/aws/sns"),
        )


class AlertTopic(Construct):
    """A topic that AWS services publish to. They cannot use the key that AWS keeps for SNS, so it has its own."""

    def __init__(self, scope: Construct, construct_id: str, *, name: str) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description=f"Encrypts {name}",
            enable_key_rotation=True,
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.topic = sns.Topic(self, "Topic", topic_name=name, enforce_ssl=True, master_key=self.key)
        # The services act for every account; the topic refuses what they do for another, before the key is asked.
        publishers = [iam.ServicePrincipal(f"{service}.amazonaws.com") for service in ("cloudwatch", "budgets")]
        for each in publishers:
            self.key.grant(each, "kms:Decrypt", "kms:GenerateDataKey*")
        self.topic.add_to_resource_policy(
            iam.PolicyStatement(
                principals=publishers,
                actions=["sns:Publish"],
                resources=[self.topic.topic_arn],
                conditions={"StringEquals": {"aws:SourceAccount": Aws.ACCOUNT_ID}},
            )
        )

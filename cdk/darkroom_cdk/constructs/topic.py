"""SNS topics."""

from aws_cdk import Aws, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_sns as sns
from constructs import Construct


class EncryptedTopic(Construct):
    """A topic for publishers in this account: encrypted with AWS's managed key for SNS, TLS only."""

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
    """A topic to which AWS services publish. They cannot use AWS's managed key for SNS, so it has its own."""

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
        # These services act for every account. The topic refuses messages for another account before it uses the key.
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

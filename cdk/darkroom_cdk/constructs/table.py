"""A DynamoDB table."""

from collections.abc import Sequence

from aws_cdk import RemovalPolicy
from aws_cdk import aws_dynamodb as dynamodb
from constructs import Construct

from darkroom.topology import AttributeSpec, IndexSpec, TableSpec

_TYPES = {"S": dynamodb.AttributeType.STRING, "N": dynamodb.AttributeType.NUMBER}


class OnDemandTable(Construct):
    """The table that a `TableSpec` describes: on demand, encrypted, with point-in-time recovery of 35 days."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        spec: TableSpec,
        keep: bool,
        replica_regions: Sequence[str] = (),
    ) -> None:
        super().__init__(scope, construct_id)
        self.table = dynamodb.TableV2(
            self,
            "Table",
            table_name=spec.name,
            partition_key=_attribute(spec.partition),
            time_to_live_attribute=spec.ttl_attribute,
            global_secondary_indexes=[_index(index) for index in spec.indexes],
            billing=dynamodb.Billing.on_demand(),
            encryption=dynamodb.TableEncryptionV2.dynamo_owned_key(),
            point_in_time_recovery_specification=dynamodb.PointInTimeRecoverySpecification(
                point_in_time_recovery_enabled=True
            ),
            deletion_protection=keep,
            replicas=[dynamodb.ReplicaTableProps(region=region) for region in replica_regions],
            removal_policy=RemovalPolicy.RETAIN if keep else RemovalPolicy.DESTROY,
        )


def _attribute(spec: AttributeSpec) -> dynamodb.Attribute:
    return dynamodb.Attribute(name=spec.name, type=_TYPES[spec.type])


def _index(spec: IndexSpec) -> dynamodb.GlobalSecondaryIndexPropsV2:
    return dynamodb.GlobalSecondaryIndexPropsV2(
        index_name=spec.name,
        partition_key=_attribute(spec.partition),
        sort_key=_attribute(spec.sort),
        projection_type=dynamodb.ProjectionType.INCLUDE if spec.include else dynamodb.ProjectionType.KEYS_ONLY,
        non_key_attributes=list(spec.include) or None,
    )

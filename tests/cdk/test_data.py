"""Tests that compare the tables with the topology."""

import pytest

from darkroom.topology import IndexSpec, TableSpec, Topology
from tests.cdk.assembly import Assembly, Json

TABLE = "AWS::DynamoDB::GlobalTable"


@pytest.mark.parametrize("spec", list(Topology.named("darkroom").tables), ids=lambda spec: spec.name)
def test_a_table_is_what_the_topology_says(spec: TableSpec, prod: Assembly) -> None:
    table = prod["Data"].named(TABLE, "TableName", spec.name)
    assert table["KeySchema"] == [{"AttributeName": spec.partition.name, "KeyType": "HASH"}]
    assert table["TimeToLiveSpecification"] == {"AttributeName": spec.ttl_attribute, "Enabled": True}
    assert table["BillingMode"] == "PAY_PER_REQUEST"
    assert [index_of(each) for each in table.get("GlobalSecondaryIndexes", [])] == list(spec.indexes)
    keys = [spec.partition, *(key for index in spec.indexes for key in (index.partition, index.sort))]
    types = {each["AttributeName"]: each["AttributeType"] for each in table["AttributeDefinitions"]}
    assert types == {key.name: key.type for key in keys}


def index_of(index: Json) -> Json | IndexSpec:
    """Return the topology's specification that the template's index matches, or the index itself if none matches."""
    keys = {each["KeyType"]: each["AttributeName"] for each in index["KeySchema"]}
    projection = index["Projection"]
    for table in Topology.named("darkroom").tables:
        for spec in table.indexes:
            if (spec.name, spec.partition.name, spec.sort.name) == (index["IndexName"], keys["HASH"], keys["RANGE"]):
                kind = "INCLUDE" if spec.include else "KEYS_ONLY"
                fits = (projection["ProjectionType"], tuple(projection.get("NonKeyAttributes", ())))
                return spec if fits == (kind, spec.include) else index
    return index


def test_tables_can_be_restored_and_in_prod_not_be_deleted(dev: Assembly, prod: Assembly) -> None:
    for assembly, protected in ((dev, False), (prod, True)):
        for table in assembly["Data"].properties(TABLE):
            for replica in table["Replicas"]:
                assert replica["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
                assert replica["DeletionProtectionEnabled"] is protected


def test_tables_are_copied_to_another_region_if_asked(dev: Assembly, prod: Assembly) -> None:
    regions = {
        name: {replica["Region"] for table in assembly["Data"].properties(TABLE) for replica in table["Replicas"]}
        for name, assembly in (("dev", dev), ("prod", prod))
    }
    assert regions == {"dev": {"us-east-1"}, "prod": {"us-east-1", "us-west-2"}}

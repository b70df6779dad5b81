"""Copies that AWS would make: the emulator replicates nothing, and keeps no history to restore from."""

from typing import Any

import boto3


def copy_table(name: str, copy: str, *, region: str) -> None:
    """A table with all its items and indexes: what a global table or a restoring to a point in time comes to."""
    here, there = boto3.client("dynamodb"), boto3.client("dynamodb", region)
    table = here.describe_table(TableName=name)["Table"]
    indexes: list[Any] = [
        {key: each[key] for key in ("IndexName", "KeySchema", "Projection")} for each in table["GlobalSecondaryIndexes"]
    ]
    there.create_table(
        TableName=copy,
        KeySchema=table["KeySchema"],
        AttributeDefinitions=table["AttributeDefinitions"],
        GlobalSecondaryIndexes=indexes,
        BillingMode="PAY_PER_REQUEST",
    )
    for item in here.scan(TableName=name)["Items"]:
        there.put_item(TableName=copy, Item=item)


def copy_objects(bucket: str, copy: str) -> None:
    """All objects of a bucket: what its replication comes to."""
    client = boto3.client("s3")
    for each in client.list_objects_v2(Bucket=bucket)["Contents"]:
        client.copy_object(Bucket=copy, Key=each["Key"], CopySource={"Bucket": bucket, "Key": each["Key"]})

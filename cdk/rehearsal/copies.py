"""Makes the copies that AWS would make: the emulator replicates nothing and has no point-in-time recovery."""

from typing import Any

import boto3


def copy_table(name: str, copy: str, *, region: str) -> None:
    """Copy a table with all its items and indexes, as a global table or point-in-time recovery would."""
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
    """Copy all objects of a bucket, as replication would."""
    client = boto3.client("s3")
    for each in client.list_objects_v2(Bucket=bucket)["Contents"]:
        client.copy_object(Bucket=copy, Key=each["Key"], CopySource={"Bucket": bucket, "Key": each["Key"]})

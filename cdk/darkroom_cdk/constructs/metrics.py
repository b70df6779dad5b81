"""Metrics that AWS publishes."""

from typing import Final

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch

from darkroom.topology import TableSpec

_FIVE_MINUTES: Final = Duration.minutes(5)


def tasks(metric: str, cluster: str, service: str) -> cloudwatch.Metric:
    """Return the number of tasks of a service that run, or the desired number."""
    return cloudwatch.Metric(
        namespace="ECS/ContainerInsights",
        metric_name=metric,
        dimensions_map={"ClusterName": cluster, "ServiceName": service},
        period=Duration.minutes(1),
        label=f"{service} {metric}",
    )


def bucket_bytes(bucket: str) -> cloudwatch.Metric:
    """Return the size of a bucket in bytes. S3 publishes it once a day."""
    return cloudwatch.Metric(
        namespace="AWS/S3",
        metric_name="BucketSizeBytes",
        dimensions_map={"BucketName": bucket, "StorageType": "StandardStorage"},
        period=Duration.days(1),
        statistic="Average",
    )


def throttles(table: TableSpec) -> cloudwatch.MathExpression:
    """Return the throttled requests of a table and its indexes. A throttled index delays writes of the table."""
    parts = {"table": None} | {f"index{place}": index.name for place, index in enumerate(table.indexes)}
    metrics = {
        f"{part}_{kind.lower()}": table_metric(table.name, f"{kind}ThrottleEvents", index=index)
        for part, index in parts.items()
        for kind in ("Read", "Write")
    }
    return cloudwatch.MathExpression(
        expression=" + ".join(f"FILL({each}, 0)" for each in metrics),
        using_metrics=metrics,
        period=_FIVE_MINUTES,
        label="Throttles",
    )


def table_metric(table: str, name: str, *, index: str | None = None) -> cloudwatch.Metric:
    """Return a metric of a table without its indexes, or of one index."""
    return cloudwatch.Metric(
        namespace="AWS/DynamoDB",
        metric_name=name,
        dimensions_map={"TableName": table} | ({"GlobalSecondaryIndexName": index} if index else {}),
        statistic="Sum",
        period=_FIVE_MINUTES,
    )

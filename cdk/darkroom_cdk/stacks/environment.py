"""Environment variables of the services, made from the resources of the other stacks."""

from typing import Final

from darkroom_cdk.config import StageConfig
from darkroom_cdk.constructs.collector import COLLECTOR_URL
from darkroom_cdk.stacks.data import Tables
from darkroom_cdk.stacks.delivery import DeliveryStack
from darkroom_cdk.stacks.messaging import MessagingStack
from darkroom_cdk.stacks.storage import StorageStack

PROCESSOR_DRAIN_SECONDS: Final = 110
"""Seconds. The services accept no longer drain time. It is ten seconds less than Fargate's longest stop time-out."""
_PROXIES: Final = 2
"""CloudFront and the load balancer. Each adds its client's address to X-Forwarded-For."""


def traces_environment(config: StageConfig) -> dict[str, str]:
    """Return the variables for a service that has a collector in its task."""
    return {"DARKROOM_TRACES_URL": COLLECTOR_URL, "DARKROOM_TRACES_SAMPLED": str(config.traces_sampled)}


def upload_environment(
    config: StageConfig,
    storage: StorageStack,
    messaging: MessagingStack,
    data: Tables,
    delivery: DeliveryStack,
    *,
    orchestrator_url: str,
) -> dict[str, str]:
    """Return the upload service's variables."""
    told = {
        "DARKROOM_ORIGINALS_BUCKET": storage.originals.bucket_name,
        "DARKROOM_RESULTS_BUCKET": storage.results.bucket_name,
        "DARKROOM_JOBS_TABLE": data.jobs.table_name,
        "DARKROOM_ACCOUNTS_TABLE": data.accounts.table_name,
        "DARKROOM_UPLOADS_QUEUE_URL": messaging.uploads.queue.queue_url,
        "DARKROOM_IMPORTS_QUEUE_URL": messaging.imports.queue.queue_url,
        "DARKROOM_ORCHESTRATOR_URL": orchestrator_url,
        "DARKROOM_PUBLIC_BASE_URL": delivery.results_url,
        "DARKROOM_MAX_UPLOAD_BYTES": str(config.max_upload_bytes),
        "DARKROOM_ORIGINAL_DAYS": str(config.original_days),
        "DARKROOM_TRUSTED_PROXIES": str(_PROXIES),
        "DARKROOM_DEFAULT_REQUESTS_PER_SECOND": str(config.default_requests_per_second),
        "DARKROOM_DEFAULT_BURST": str(config.default_burst),
        "DARKROOM_DEFAULT_JOBS_PER_DAY": str(config.default_jobs_per_day),
        "DARKROOM_DEFAULT_BYTES_PER_DAY": str(config.default_bytes_per_day),
        "DARKROOM_DEFAULT_STORED_BYTES": str(config.default_stored_bytes),
    }
    if config.results_key_secret_arn:
        told["DARKROOM_RESULTS_CDN_URL"] = delivery.results_url
    return told


def orchestrator_environment(
    config: StageConfig, storage: StorageStack, messaging: MessagingStack, data: Tables
) -> dict[str, str]:
    """Return the orchestrator's variables."""
    queues = {
        "UPLOADS": messaging.uploads,
        "IMPORTS": messaging.imports,
        "TASKS": messaging.tasks,
        "RESULTS": messaging.reports,
        "NOTIFICATIONS": messaging.notifications,
    }
    return {
        "DARKROOM_ORIGINALS_BUCKET": storage.originals.bucket_name,
        "DARKROOM_RESULTS_BUCKET": storage.results.bucket_name,
        "DARKROOM_JOBS_TABLE": data.jobs.table_name,
        "DARKROOM_ACCOUNTS_TABLE": data.accounts.table_name,
        **{f"DARKROOM_{name}_QUEUE_URL": each.queue.queue_url for name, each in queues.items()},
        **{f"DARKROOM_{name}_DLQ_URL": each.dlq.queue_url for name, each in queues.items()},
        "DARKROOM_JOB_EVENTS_TOPIC_ARN": messaging.job_events.topic_arn,
        "DARKROOM_DEFAULT_OWNER": config.default_owner,
        "DARKROOM_MAX_UPLOAD_BYTES": str(config.max_upload_bytes),
        "DARKROOM_ORIGINAL_DAYS": str(config.original_days),
    }


def processor_environment(config: StageConfig, storage: StorageStack, messaging: MessagingStack) -> dict[str, str]:
    """Return the processor's variables."""
    return {
        "DARKROOM_ORIGINALS_BUCKET": storage.originals.bucket_name,
        "DARKROOM_RESULTS_BUCKET": storage.results.bucket_name,
        "DARKROOM_TASKS_QUEUE_URL": messaging.tasks.queue.queue_url,
        "DARKROOM_RESULTS_QUEUE_URL": messaging.reports.queue.queue_url,
        "DARKROOM_CHILDREN": str(config.processor.children),
        "DARKROOM_DRAIN_SECONDS": str(PROCESSOR_DRAIN_SECONDS),
    }

"""The processor's entry point: builds the parts from the settings, and runs them until the process is stopped."""

import asyncio
import os
import socket
import sys
from functools import partial
from typing import Final

from darkroom.runtime.aws import Aws
from darkroom.runtime.consumer import Consumer, growing_pause
from darkroom.runtime.health import Readiness, bucket_check, queue_check
from darkroom.runtime.logs import configure_logging, get_logger
from darkroom.runtime.queue import SqsQueue
from darkroom.runtime.server import serve
from darkroom.runtime.settings import Environment, load_settings
from darkroom_processor.adapters.originals import Originals
from darkroom_processor.adapters.results import Results
from darkroom_processor.adapters.scale_in_protection import ecs_protection
from darkroom_processor.api import create_app
from darkroom_processor.consumer import task_handler
from darkroom_processor.sandbox.pool import ChildPool, Unsealed
from darkroom_processor.settings import Settings
from darkroom_processor.worker import Worker

_LOG = get_logger(__name__)

_UNSEALED: Final = 3
"""Exit status when the sandbox must be sealed but cannot be."""

_TASKS_A_CHILD: Final = 2
"""Tasks in hand for each child. S3 reads and writes take about as long as the work itself, so a child works on one
task while the files of another are read or stored."""


async def run(settings: Settings) -> None:
    """Process tasks until SIGTERM or SIGINT; then finish the tasks in hand or return them to the queue."""
    stop = asyncio.Event()
    aws = Aws()
    async with (
        aws.s3() as s3,
        aws.sqs() as sqs,
        ChildPool(settings.children, sealed_only=settings.environment is Environment.PRODUCTION) as pool,
        ecs_protection() as protection,
    ):
        worker = Worker(
            f"{socket.gethostname()}-{os.getpid()}",
            originals=Originals(s3, settings.originals_bucket),
            results=Results(s3, settings.results_bucket),
            reports=SqsQueue(sqs, settings.results_queue_url),
            pool=pool,
        )
        handler = task_handler(worker)
        consumer = Consumer(
            "tasks",
            SqsQueue(sqs, settings.tasks_queue_url),
            protection.guard(handler) if protection else handler,
            concurrency=_TASKS_A_CHILD * settings.children,
            wait_seconds=settings.receive_wait_seconds,
            visibility_seconds=settings.visibility_seconds,
            drain_seconds=settings.drain_seconds,
            pause=partial(growing_pause, longest_seconds=settings.longest_pause_seconds),
        )
        checks = {
            "originals": bucket_check(s3, settings.originals_bucket),
            "results": bucket_check(s3, settings.results_bucket),
            "tasks queue": queue_check(sqs, settings.tasks_queue_url),
            "reports queue": queue_check(sqs, settings.results_queue_url),
            "sandbox": pool.check,
        }
        app = create_app(Readiness(checks, stop))
        background = [consumer.run, protection.run] if protection else [consumer.run]
        await serve(app, background, stop=stop, host=settings.host, port=settings.port)


def main() -> None:
    """Run the service.

    Exits with status 2 when the settings are invalid, and in production with 3 when the sandbox cannot be sealed.
    """
    settings = load_settings(Settings)
    configure_logging("processor", level=settings.log_level, log_format=settings.log_format)
    with settings.exported_traces("processor"):
        try:
            asyncio.run(run(settings))
        except Unsealed as error:
            # An alarm counts events of this name.
            _LOG.critical("sandbox_unsealed", missing=error.missing)
            sys.exit(_UNSEALED)

"""A worker over the emulator, variants for it, and the reports that it sends."""

from darkroom.messages import ImageMade, Report, TaskFinished, TaskStarted
from darkroom.recipes import Overlay
from darkroom.runtime.queue import Queue
from darkroom_local.installation import Installation
from darkroom_processor.adapters.originals import Originals
from darkroom_processor.adapters.results import Results
from darkroom_processor.sandbox.pool import ChildPool
from darkroom_processor.worker import Worker
from tests.support.emulator import Cloud
from tests.support.memory_queue import MemoryQueue

SMALL = {"name": "small", "operations": [{"op": "resize", "width": 32, "height": 32}], "output": {"format": "webp"}}
GRAY = {"name": "gray", "operations": [{"op": "grayscale"}]}
LOGO = Overlay(job_id="01a20269-be1a-72d5-936e-7dc20e02262e", variant="logo")
WATERMARKED = {"name": "watermarked", "operations": [{"op": "watermark", "image": LOGO.model_dump()}]}


def worker(cloud: Cloud, installation: Installation, pool: ChildPool, reports: Queue) -> Worker:
    """Return a worker over the buckets of the test."""
    return Worker(
        "worker-1",
        originals=Originals(cloud.s3, installation.topology.originals.name),
        results=Results(cloud.s3, installation.topology.results.name),
        reports=reports,
        pool=pool,
    )


async def sent(reports: MemoryQueue) -> list[TaskStarted | TaskFinished | ImageMade]:
    """Return the reports sent so far."""
    return [Report.validate_json(one.body) for one in await reports.receive(most=10, wait_seconds=0)]


async def finished(reports: MemoryQueue) -> TaskFinished:
    """Return the only TaskFinished."""
    (end,) = [one for one in await sent(reports) if isinstance(one, TaskFinished)]
    return end

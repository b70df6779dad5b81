"""Replay: send the event of a job's end once more, under the same id."""

from darkroom.errors import Conflict, NotFound
from darkroom.job_table import JobTable
from darkroom.logs import get_logger
from darkroom.messages import DeliveryRequested, JobEvent
from darkroom.queue import Outgoing, Queue
from darkroom_orchestrator.adapters.events import event_of
from darkroom_orchestrator.webhooks.delivery_log import DeliveryLog

_LOG = get_logger(__name__)


class Replay:
    """Asks for a delivery, with all its attempts, whatever became of the ones before."""

    def __init__(self, *, jobs: JobTable, log: DeliveryLog, notifications: Queue) -> None:
        self._jobs = jobs
        self._log = log
        self._notifications = notifications

    async def __call__(self, job_id: str) -> JobEvent:
        """The event that will be sent. Raises NotFound, Conflict and Unavailable."""
        job = await self._jobs.get(job_id)
        if job is None:
            raise NotFound("There is no such job.")
        if not job.callback_url:
            raise Conflict("The job has no callback_url.")
        if job.status.is_open:
            raise Conflict(f"The job is {job.status}: its end is announced when it comes.")
        event = event_of(job)
        # A receiver that said 410 once is asked again, since its owner wants it so.
        await self._log.forgive(job_id)
        await self._notifications.send(
            [Outgoing(job_id=job_id, message=DeliveryRequested(event=event), owner=event.owner)]
        )
        _LOG.info("webhook_replay", job_id=job_id, event_id=event.event_id)
        return event

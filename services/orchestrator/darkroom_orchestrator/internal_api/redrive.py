"""Redriving: dead messages go back to the queue they died in, once their cause is mended.

SQS can do so itself (StartMessageMoveTask), but not every emulator can, and it reports nothing until it is done.
"""

from typing import Final

from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import BATCH, SqsQueue

_LOG = get_logger(__name__)

MOST_MESSAGES: Final = 1000
"""Moved by one call."""


async def redrive(*, dead: SqsQueue, queue: SqsQueue) -> int:
    """Move the messages of a dead-letter queue back, and return their number. Raises Unavailable.

    Bounded by what there is at the beginning: a message that dies again at once must not go in circles. One that is
    sent and then not deleted is moved twice, which handlers bear.
    """
    most = min((await dead.depth()).visible, MOST_MESSAGES)
    moved = 0
    while moved < most:
        # Without a wait SQS asks only some of its servers, and may find nothing where there is something.
        deliveries = await dead.receive(most=min(BATCH, most - moved), wait_seconds=1)
        if not deliveries:
            break
        await queue.forward(deliveries)
        await dead.delete(deliveries)
        moved += len(deliveries)
    _LOG.info("dead_messages_moved", messages=moved)
    return moved

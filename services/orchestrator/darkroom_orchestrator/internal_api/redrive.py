"""Redrives a dead-letter queue: moves its messages back into their queue, after their cause is repaired.

SQS can do this itself (StartMessageMoveTask), but not every emulator can, and SQS reports nothing until it is done.
"""

from typing import Final

from darkroom.runtime.logs import get_logger
from darkroom.runtime.queue import BATCH, SqsQueue

_LOG = get_logger(__name__)

MOST_MESSAGES: Final = 1000
"""The most messages that one call moves."""


async def redrive(*, dead: SqsQueue, queue: SqsQueue) -> int:
    """Move the messages of a dead-letter queue back, and return their number. Raises Unavailable.

    It moves at most as many as there are at the beginning, so that a message which dies again at once is not moved
    forever. If a message is sent but not deleted, it is moved twice; handlers are idempotent.
    """
    most = min((await dead.depth()).visible, MOST_MESSAGES)
    moved = 0
    while moved < most:
        # Without a wait, SQS asks only some of its servers and may find nothing although there are messages.
        deliveries = await dead.receive(most=min(BATCH, most - moved), wait_seconds=1)
        if not deliveries:
            break
        await queue.forward(deliveries)
        await dead.delete(deliveries)
        moved += len(deliveries)
    _LOG.info("dead_messages_moved", messages=moved)
    return moved

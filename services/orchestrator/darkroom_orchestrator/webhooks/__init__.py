"""Webhooks: what became of a job, told to its callback URL.

    job-events (SNS) → notifications (SQS) → deliver: body → signature → sender, which connects to checked addresses

A delivery that fails comes back by the queue, after the pauses of `schedule`, and ends in its dead-letter queue.
"""

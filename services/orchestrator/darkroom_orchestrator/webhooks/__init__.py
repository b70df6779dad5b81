"""Webhooks: tell a job's callback URL how the job ended.

    job-events (SNS) → notifications (SQS) → deliver: body → signature → sender, which connects to checked addresses

The queue repeats a failed attempt, after the pauses of `schedule`. After the last attempt the message goes to the
dead-letter queue.
"""

"""Imports: originals that the orchestrator fetches from URLs of clients.

    imports (SQS) → fetch: URL from the job's record → download from checked addresses → checks → S3 → announcement

The announcement starts the job as for every other upload. The record counts the tries, and the queue repeats them.
"""

"""Charges of a test's caller, and what the caller has used."""

from darkroom.accounts.allowances import Allowance
from darkroom.tables.daily_counter import Charge, DailyUsage
from tests.orchestrator.harness import Harness


def charge(harness: Harness, *, jobs: int | None = None, size: int | None = None, of: int = 0) -> Charge:
    """Return the charge for a job of `of` bytes, of a caller with these daily quotas of jobs and bytes."""
    made = Charge.of("ann-s-key", Allowance(jobs_per_day=jobs, bytes_per_day=size), of, harness.now())
    assert made
    return made


async def used(harness: Harness, of: Charge) -> DailyUsage:
    """Return what the caller of this charge has used on that day."""
    answer = await harness.clients.dynamodb.get_item(
        TableName=harness.settings.accounts_table, Key={"id": {"S": of.counter}}, ConsistentRead=True
    )
    return DailyUsage.of(answer.get("Item", {}))

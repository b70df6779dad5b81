"""What a caller is charged in tests, and what it has used."""

from darkroom.accounts.allowances import Allowance
from darkroom.tables.daily_counter import Charge, DailyUsage
from tests.orchestrator.harness import Harness


def charge(harness: Harness, *, jobs: int | None = None, size: int | None = None, of: int = 0) -> Charge:
    """What a caller with these quotas is charged for a job of so many bytes."""
    made = Charge.of("ann-s-key", Allowance(jobs_per_day=jobs, bytes_per_day=size), of, harness.now())
    assert made
    return made


async def used(harness: Harness, of: Charge) -> DailyUsage:
    """What the caller of this charge has used on its day."""
    answer = await harness.clients.dynamodb.get_item(
        TableName=harness.settings.accounts_table, Key={"id": {"S": of.counter}}, ConsistentRead=True
    )
    return DailyUsage.of(answer.get("Item", {}))

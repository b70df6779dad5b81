"""Refusals of writes in DynamoDB."""

import pytest
from botocore.exceptions import ClientError

from darkroom.errors import Unavailable
from darkroom.tables.dynamodb import ConditionFailed, WriteConflict, is_written, writing

ITEM = {"id": {"S": "key#1"}}
NOT_MET = ("ConditionalCheckFailed", ITEM)
CONFLICT = ("TransactionConflict", None)
FINE = ("None", None)


def refusal(code: str, **members: object) -> ClientError:
    """Return the SDK's error for an answer with this code."""
    return ClientError({"Error": {"Code": code, "Message": "-"}, **members}, "PutItem")  # type: ignore[typeddict-item]


def cancellation(*reasons: tuple[str, object]) -> ClientError:
    """Return the SDK's error for a cancelled transaction, with the reason of each part."""
    told = [{"Code": code} | ({"Item": item} if item else {}) for code, item in reasons]
    return refusal("TransactionCanceledException", CancellationReasons=told)


async def _refuse(error: Exception) -> None:
    raise error


def test_a_lost_condition_has_the_item_as_it_is() -> None:
    with pytest.raises(ConditionFailed) as lost, writing():
        raise refusal("ConditionalCheckFailedException", Item=ITEM)
    assert lost.value.found == {0: ITEM}


def test_a_lost_condition_has_an_empty_item_if_none_was_asked_for() -> None:
    with pytest.raises(ConditionFailed) as lost, writing():
        raise refusal("ConditionalCheckFailedException")
    assert lost.value.found == {0: {}}


def test_a_cancelled_transaction_names_the_parts_whose_conditions_were_lost() -> None:
    with pytest.raises(ConditionFailed) as lost, writing():
        raise cancellation(FINE, NOT_MET, CONFLICT)
    assert lost.value.found == {1: ITEM}


@pytest.mark.parametrize(
    "error",
    [
        refusal("TransactionConflictException"),
        cancellation(FINE, CONFLICT),
        cancellation(("ThrottlingError", None)),
        cancellation(("ProvisionedThroughputExceeded", None)),
    ],
    ids=str,
)
async def test_a_busy_item_is_a_conflict_that_a_retry_can_heal(error: ClientError) -> None:
    with pytest.raises(WriteConflict):
        await is_written(_refuse(error))
    assert WriteConflict.retryable
    assert issubclass(WriteConflict, Unavailable)


@pytest.mark.parametrize(
    "error", [refusal("ValidationException"), refusal("AccessDeniedException"), cancellation(("ValidationError", None))]
)
async def test_every_other_refusal_stays_as_it_is(error: ClientError) -> None:
    with pytest.raises(ClientError) as raised:
        await is_written(_refuse(error))
    assert raised.value is error


async def test_a_write_is_written_unless_its_condition_is_lost() -> None:
    async def write() -> str:
        return "done"

    assert await is_written(write())
    assert not await is_written(_refuse(refusal("ConditionalCheckFailedException")))

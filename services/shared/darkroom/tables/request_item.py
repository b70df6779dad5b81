"""A requested image as an item of the jobs table. It lives for less than a minute.

Its key is `<job's id>#<kind>#<name>`. Until it is removed it is in the index of open jobs, where the sweeper finds it
after its deadline. `expires_at` is the net under the sweeper.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from darkroom.jobs import Cost, Fault, VariantResult
from darkroom.requested_images import RequestedImage, RequestId, RequestState
from darkroom.tables.dynamodb import Item, deserialized, epoch
from darkroom.tables.job_item import open_shard

_NET: Final = timedelta(hours=1)
"""How long after its deadline DynamoDB removes an item that the sweeper has not removed."""


def request_key(request_id: RequestId) -> Item:
    """Return the primary key of a requested image."""
    return {"job_id": {"S": str(request_id)}}


def request_values(image: RequestedImage) -> dict[str, Any]:
    """Return the attributes of a requested image that begins, without the key."""
    return {
        "owner": image.owner,
        "token": image.token,
        "state": image.state.value,
        "open_shard": open_shard(str(image.id)),
        "deadline": epoch(image.deadline),
        "expires_at": epoch(image.deadline + _NET),
    }


def outcome_values(result: VariantResult | None, fault: Fault | None, cost: Cost) -> dict[str, Any]:
    """Return the attributes that tell how it ended. The absent one of `result` and `fault` is None."""
    return {
        "state": (RequestState.DONE if result else RequestState.FAILED).value,
        "result": result.model_dump(mode="json") if result else None,
        "fault": fault.model_dump() if fault else None,
        "cost": cost.model_dump(),
    }


def image_of(item: Mapping[str, Any]) -> RequestedImage:
    """Return the requested image that an item holds. Raises ValueError for an item of another kind."""
    read = deserialized(item)
    request_id = RequestId.read(read["job_id"])
    if request_id is None:
        raise ValueError(f"not a requested image: {read['job_id']}")
    return RequestedImage(
        id=request_id,
        owner=read["owner"],
        token=read["token"],
        deadline=datetime.fromtimestamp(int(read["deadline"]), UTC),
        state=RequestState(read["state"]),
        result=VariantResult.model_validate(read["result"]) if "result" in read else None,
        fault=Fault.model_validate(read["fault"]) if "fault" in read else None,
        cost=Cost.model_validate(read.get("cost", {})),
    )

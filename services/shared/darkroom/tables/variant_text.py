"""A variant as a short text within the job's item, which is read four times a second and written at every step."""

import json
from collections.abc import Mapping
from typing import Any

from darkroom.jobs import Fault, VariantResult, VariantState, VariantStatus, not_requested
from darkroom.recipes import OutputFormat


def variant_text(state: VariantState, number: int, job_id: str) -> str:
    """Return a variant as a short text for the map `variants` of the job's item. `number` is its index in the recipe.

    The SDK parses a text in a tenth of the time of a map with seven members. The text leaves out the job's id in the
    result's key. It has no status: a variant with a result is completed, one with a fault has failed, and one on
    request with neither has not been requested.
    """
    value: dict[str, Any] = {"n": number}
    if state.on_request:
        value["on_request"] = state.on_request.value
    if state.result:
        value["result"] = state.result.model_dump(mode="json")
        before, found, after = state.result.key.partition(job_id)
        if found:
            value["result"]["key"] = [before, after]
    if state.fault:
        value["fault"] = state.fault.model_dump()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def variants_of(texts: Mapping[str, str], job_id: str) -> dict[str, VariantState]:
    """Return the variants that `variant_text` wrote, in the order of the recipe. DynamoDB's maps have no order."""
    read = {name: json.loads(text) for name, text in texts.items()}
    return {name: _variant_of(read[name], job_id) for name in sorted(read, key=lambda name: int(read[name]["n"]))}


def _variant_of(value: dict[str, Any], job_id: str) -> VariantState:
    on_request = OutputFormat(value["on_request"]) if "on_request" in value else None
    if "result" in value:
        result = value["result"]
        if isinstance(result["key"], list):
            result["key"] = job_id.join(result["key"])
        made = VariantResult.model_validate(result)
        return VariantState(status=VariantStatus.COMPLETED, result=made, on_request=on_request)
    if "fault" in value:
        fault = Fault.model_validate(value["fault"])
        return VariantState(status=VariantStatus.FAILED, fault=fault, on_request=on_request)
    return not_requested(on_request) if on_request else VariantState()

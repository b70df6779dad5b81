"""The two stages, and how an installation overrides their settings.

Settings that only the owner of an account knows (domain, e-mail, keys) are optional. They come as CDK context,
`cdk deploy -c alarm_email=ops@example.org`, or from a file. `load` checks all of them and reports every fault at once.
"""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from darkroom.accounts.allowances import (
    DEFAULT_BURST,
    DEFAULT_BYTES_PER_DAY,
    DEFAULT_JOBS_PER_DAY,
    DEFAULT_REQUESTS_PER_SECOND,
    DEFAULT_STORED_BYTES,
)
from darkroom_cdk.config import Nat, ProcessorSize, StageConfig, TaskSize

_STAGES: Final[Mapping[str, Mapping[str, Any]]] = {
    "dev": {
        "stage": "dev",
        "prefix": "darkroom-dev",
        "zones": 2,
        "nat": Nat.NONE,
        "keep_data": False,
        "upload": TaskSize(cpu=512, memory_mib=1024, min_tasks=1, max_tasks=2),
        "orchestrator": TaskSize(cpu=256, memory_mib=512, min_tasks=1, max_tasks=2),
        # Memory for the parent and one child with 1 GiB of address space.
        "processor": ProcessorSize(
            cpu=1024, memory_mib=2048, min_tasks=1, max_tasks=4, on_demand_tasks=0, spot_weight=100
        ),
        "default_requests_per_second": 10,
        "default_burst": 50,
        "default_jobs_per_day": 1000,
        "default_bytes_per_day": 2 * 1024**3,
        "default_stored_bytes": 10 * 1024**3,
        "budget_usd": 200,
    },
    "prod": {
        "stage": "prod",
        "prefix": "darkroom",
        "zones": 3,
        "nat": Nat.GATEWAY,
        "keep_data": True,
        "upload": TaskSize(cpu=1024, memory_mib=2048, min_tasks=2, max_tasks=20),
        "orchestrator": TaskSize(cpu=512, memory_mib=1024, min_tasks=2, max_tasks=10),
        "processor": ProcessorSize(
            cpu=2048, memory_mib=4096, min_tasks=2, max_tasks=100, on_demand_tasks=2, spot_weight=80
        ),
        "default_requests_per_second": DEFAULT_REQUESTS_PER_SECOND,
        "default_burst": DEFAULT_BURST,
        "default_jobs_per_day": DEFAULT_JOBS_PER_DAY,
        "default_bytes_per_day": DEFAULT_BYTES_PER_DAY,
        "default_stored_bytes": DEFAULT_STORED_BYTES,
        "budget_usd": 2000,
    },
}


def load(stage: str, overrides: Mapping[str, Any]) -> StageConfig:
    """Return the configuration of a stage. `overrides` maps `StageConfig` fields to values.

    Raises ValueError if there is no such stage, and ValidationError, a kind of ValueError, for faults in values.
    """
    if stage not in _STAGES:
        raise ValueError(f"stage is one of {', '.join(_STAGES)}, not {stage!r}")
    return StageConfig.model_validate({**_STAGES[stage], **overrides})


def from_context(context: Mapping[str, Any]) -> StageConfig:
    """Return the configuration from CDK context: `stage` (default `dev`) and any other field, structured ones as JSON.

    `installation` names a JSON file with fields. Fields of the command line take precedence.
    """
    file = context.get("installation")
    given = json.loads(Path(file).read_text()) if file else {}
    given |= {name: _parsed(value) for name, value in context.items() if name in StageConfig.model_fields}
    return load(str(given.pop("stage", "dev")), given)


def _parsed(value: object) -> object:
    """Return a context value. Context from the command line is text; a text that is a JSON object is parsed."""
    return json.loads(value) if isinstance(value, str) and value.startswith("{") else value

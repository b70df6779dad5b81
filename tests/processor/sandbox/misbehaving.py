"""Pools whose children misbehave (see `misbehaving_child`) or can be killed by an image (see `mortal_child`)."""

import json
import sys
from pathlib import Path
from typing import Any

from darkroom.recipes import Variant
from darkroom_processor.pipeline import EncodedVariant, Instructions, ProcessedImage
from darkroom_processor.sandbox.execution import Execution
from darkroom_processor.sandbox.limits import Limits
from darkroom_processor.sandbox.pool import ChildPool

COMMAND = (sys.executable, "-I", "-B", str(Path(__file__).with_name("misbehaving_child.py")))
MORTAL = (sys.executable, "-I", "-B", str(Path(__file__).with_name("mortal_child.py")))
"""Children that process images, and die of one of them."""
UNCONFINED = (
    *MORTAL[:3],
    "-c",
    "import platform; platform.machine = lambda: 'riscv64'; import darkroom_processor.sandbox.template as t; t.main()",
)
"""Children on a machine for which there is no filter of system calls."""
ANSWER = Instructions(variants=(Variant(name="answer"),), describe=False)


def misbehaving(size: int = 1, **limits: Any) -> ChildPool:
    """Return a pool of misbehaving children. Limits other than the default are given by name."""
    return ChildPool(size, limits=Limits(**limits), command=COMMAND)


async def execute(pool: ChildPool, behaviour: str, *, owner: str = "one") -> Execution:
    """Let a child of this owner do what the behaviour says, and return its execution."""
    return await pool.process(behaviour.encode(), ANSWER, owner=owner)


async def answer(pool: ChildPool, behaviour: str, *, owner: str = "one") -> Any:
    """Return what the behaviour returned."""
    result = (await execute(pool, behaviour, owner=owner)).result
    assert isinstance(result, ProcessedImage), result
    (encoded,) = result.outcomes
    assert isinstance(encoded, EncodedVariant)
    return json.loads(encoded.data)

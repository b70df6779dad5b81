"""A program that opens a pool, prints the process ids of its children, and keeps one busy until it is killed."""

import asyncio
import json
import sys

from tests.processor.sandbox.misbehaving import answer, execute, misbehaving


async def main() -> None:
    """Keep one child busy and one idle."""
    async with misbehaving(size=2) as pool:
        pids = await asyncio.gather(answer(pool, "pid"), answer(pool, "pid"))
        busy = asyncio.create_task(execute(pool, "sleep"))
        await asyncio.sleep(0)
        sys.stdout.write(json.dumps(pids) + "\n")
        sys.stdout.flush()
        await busy


if __name__ == "__main__":
    asyncio.run(main())

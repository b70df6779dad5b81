"""`python -m tests.chaos --minutes 2`: prints what was lost, doubled, stuck and orphaned; status 1 if anything was."""

import argparse
import asyncio
import random
import sys

from tests.chaos.run import Outcome, run
from tests.chaos.verdict import accepted


def report(outcome: Outcome) -> str:
    """The run in a few lines, and every fault in one of its own."""
    verdict = outcome.verdict
    taken, done = accepted(outcome.ledger), outcome.mischief
    lines = [f"asked for     {len(outcome.ledger)}"]
    lines += [f"  taken       {count} {way}" for way, count in taken.items()]
    lines += [f"mischief      {done.total()}: {', '.join(f'{count} × {name}' for name, count in sorted(done.items()))}"]
    lines += [f"jobs          {', '.join(f'{count} {status}' for status, count in sorted(verdict.statuses.items()))}"]
    for name in ("lost", "doubled", "stuck", "orphans"):
        faults: list[str] = getattr(verdict, name)
        lines += [f"{name:<13} {len(faults)}", *(f"  {fault}" for fault in faults)]
    return "\n".join(lines)


def main() -> None:
    """Run it and judge."""
    parser = argparse.ArgumentParser(prog="tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=2)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    options = parser.parse_args()
    sys.stdout.write(f"{options.minutes:g} minutes of chaos, seed {options.seed}\n")
    outcome = asyncio.run(run(minutes=options.minutes, seed=options.seed))
    sys.stdout.write(report(outcome) + "\n")
    sys.exit(0 if outcome.verdict.is_clean else 1)


if __name__ == "__main__":
    main()

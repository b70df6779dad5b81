"""Runs chaos: `python -m tests.chaos --minutes 2`.

It prints what was lost, doubled, stuck or orphaned. The exit status is 1 if anything was.
"""

import argparse
import asyncio
import random
import sys

from tests.chaos.run import Outcome, run
from tests.chaos.verdict import accepted, variant_answers


def report(outcome: Outcome) -> str:
    """Return a summary of the run, with a line for every fault."""
    verdict = outcome.verdict
    uploads, done = accepted(outcome.ledger), outcome.disruptions
    lines = [f"requested     {len(outcome.ledger)}"]
    lines += [f"  accepted    {count} {way}" for way, count in uploads.items()]
    answers = variant_answers(outcome.ledger)
    lines += [
        f"on request    {answers.total()}: {', '.join(f'{count} × {name}' for name, count in sorted(answers.items()))}"
    ]
    lines += [f"disruptions   {done.total()}: {', '.join(f'{count} × {name}' for name, count in sorted(done.items()))}"]
    lines += [f"jobs          {', '.join(f'{count} {status}' for status, count in sorted(verdict.statuses.items()))}"]
    for name in ("lost", "doubled", "stuck", "orphans"):
        faults: list[str] = getattr(verdict, name)
        lines += [f"{name:<13} {len(faults)}", *(f"  {fault}" for fault in faults)]
    return "\n".join(lines)


def main() -> None:
    """Run it and print the verdict."""
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

"""Run `python -m tests.fuzz --seconds 60`. The exit status is 1 if a failure was found; its files are in `out/fuzz`."""

import argparse
import random
import sys
from pathlib import Path

from tests.fuzz.hunt import hunt

FINDS = Path("out/fuzz")


def main() -> None:
    """Fuzz, and print the result."""
    parser = argparse.ArgumentParser(prog="tests.fuzz", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1_000_000))
    options = parser.parse_args()
    sys.stdout.write(f"{options.seconds:g} seconds of fuzzing, seed {options.seed}\n")
    outcome = hunt(FINDS, seconds=options.seconds, number=options.seed)
    sys.stdout.write(f"examples {outcome.tried}, results {outcome.results}, failures {outcome.found}\n")
    sys.exit(1 if outcome.found else 0)


if __name__ == "__main__":
    main()

"""Fails if the last `make test` covered at least a point more than the floor.

The floor is `fail_under` in pyproject.toml. pytest fails if the coverage is below it. Together they let it only rise.
"""

import io
import sys
from typing import Final

from coverage import Coverage

_MARGIN: Final = 1.0
"""Points of coverage between the floor and what has to raise it: machines without some tools skip some tests."""


def advice(covered: float, floor: float) -> str | None:
    """Return what to do about the floor, in words; None if it is near enough. Both are in percent."""
    if covered < floor + _MARGIN:
        return None
    higher = covered // 0.5 * 0.5  # Rounded down to half a point.
    return f"The floor is {floor:g} %. Set fail_under in pyproject.toml to {higher:g}, so that it stays."


def main() -> None:
    """Print the coverage. The exit status is 1 if the floor has to rise."""
    coverage = Coverage()
    coverage.load()
    covered = coverage.report(file=io.StringIO())
    floor = float(str(coverage.get_option("report:fail_under")))
    sys.stdout.write(f"Coverage: {covered:.2f} %, floor: {floor:g} %\n")
    sys.exit(advice(covered, floor))


if __name__ == "__main__":
    main()

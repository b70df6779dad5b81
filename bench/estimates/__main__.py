"""Prints estimates beside what the pipeline really takes. With `--measure`, it first measures the prices again.

    python -m bench.estimates [--measure] [--only STEP]

It needs Linux, to read the memory of a process. Measuring takes some minutes of one core, and the prices hold for
that core.
"""

import argparse
import json
import sys
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from bench.estimates.check import check
from bench.estimates.fit import price
from bench.estimates.forked import measured
from bench.estimates.steps import steps
from darkroom.planner.prices import Price, Prices
from darkroom_processor.pipeline.libraries import library_versions
from darkroom_processor.sandbox.preload import preload


def measure(only: str) -> Prices:
    """Measure the prices of all steps, or of those whose name contains `only`."""
    opaque: dict[str, Price] = {}
    transparent: dict[str, Price] = {}
    for step in steps():
        if only in step.name:
            found = price(step)
            (transparent if step.transparent else opaque)[step.name] = found
            sys.stderr.write(f"{step.name}{' transparent' if step.transparent else ''}: {found}\n")
    idle = measured(lambda: lambda: None).before_bytes
    return Prices(engine=library_versions(), process_bytes=idle, opaque=opaque, transparent=transparent)


def _document(prices: Prices) -> str:
    """Return the prices as JSON, one in each line."""
    sections = {"opaque": prices.opaque, "transparent": prices.transparent}
    members = [
        f' "engine": {json.dumps(dict(prices.engine))}',
        f' "process_bytes": {prices.process_bytes}',
        *(f' "{name}": {{\n{_lines(section)}\n }}' for name, section in sections.items()),
    ]
    return "{\n" + ",\n".join(members) + "\n}\n"


def _lines(section: Mapping[str, Price]) -> str:
    return ",\n".join(f'  "{name}": {price.model_dump_json(exclude_defaults=True)}' for name, price in section.items())


def main() -> None:
    """Measure the prices if `--measure` is given, then check the estimates."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--measure", action="store_true", help="measure the prices again, and keep them")
    parser.add_argument("--only", default="", help="only show the prices of steps whose name has this in it")
    arguments = parser.parse_args()
    preload()
    if arguments.measure or arguments.only:
        prices = measure(arguments.only)
        if not arguments.only:
            path = Path(str(resources.files("darkroom.planner").joinpath("prices.json")))
            path.write_text(_document(prices))
    if not arguments.only:
        check()


if __name__ == "__main__":
    main()

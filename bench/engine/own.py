"""Darkroom's pipeline as a contestant, warmed up like a child that waits for its first image."""

from bench.engine.cases import cases
from bench.engine.measuring import serve
from darkroom_processor.pipeline import EncodedVariant, Instructions, process
from darkroom_processor.sandbox.preload import preload


def main() -> None:
    """Answer requests."""
    known = cases()

    def make(data: bytes, name: str) -> list[bytes]:
        done = process(data, Instructions(variants=known[name].variants, describe=False))
        return [outcome.data for outcome in done.outcomes if isinstance(outcome, EncodedVariant)]

    preload()
    serve(make)


if __name__ == "__main__":
    main()

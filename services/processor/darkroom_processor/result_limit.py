"""The limit on the bytes of all results of a job."""

from collections.abc import Iterable

from darkroom.planner.output_bytes import too_many_bytes
from darkroom_processor.pipeline import FailedVariant, Outcome


def within(most_bytes: int, outcomes: Iterable[Outcome]) -> list[Outcome]:
    """Return the outcomes, with those variants failed that do not fit into `most_bytes` beside the ones before them.

    The service checks this and not the child, because an attacker may have taken over the child.
    """
    kept: list[Outcome] = []
    for outcome in outcomes:
        if isinstance(outcome, FailedVariant):
            kept.append(outcome)
        elif len(outcome.data) <= most_bytes:
            most_bytes -= len(outcome.data)
            kept.append(outcome)
        else:
            kept.append(FailedVariant.of(outcome.name, too_many_bytes(len(outcome.data), most_bytes)))
    return kept

"""Changes of an item, as values that can be combined. They become the update expression of an UpdateItem."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from darkroom.jobs import Cost, Job, VariantState, VariantStatus
from darkroom.tables.variant_text import variant_text


@dataclass(frozen=True, kw_only=True)
class Change:
    """The clauses of an update expression: `#name` stands for an attribute, `:name` for a value."""

    assignments: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """Attributes by placeholder, where the two names differ."""
    removed: tuple[str, ...] = ()
    settled: frozenset[str] = frozenset()
    """Parts that are removed from the set of pending ones."""

    def __and__(self, other: "Change") -> "Change":
        return Change(
            assignments=self.assignments + other.assignments,
            values={**self.values, **other.values},
            names={**self.names, **other.names},
            removed=self.removed + other.removed,
            settled=self.settled | other.settled,
        )

    @property
    def text(self) -> str:
        """The update expression."""
        clauses = []
        if self.assignments:
            clauses.append(f"SET {', '.join(self.assignments)}")
        if self.removed:
            clauses.append(f"REMOVE {', '.join(f'#{name}' for name in self.removed)}")
        if self.settled:
            clauses.append("DELETE #pending :settled")
        return " ".join(clauses)

    @property
    def all_values(self) -> dict[str, Any]:
        """The values, including the set of settled parts."""
        settled = {"settled": set(self.settled)} if self.settled else {}
        return {**self.values, **settled}


def put(**values: Any) -> Change:
    """Set attributes. Those whose value is None stay as they are."""
    given = {name: value for name, value in values.items() if value is not None}
    return Change(assignments=tuple(f"#{name} = :{name}" for name in given), values=given)


def put_once(**values: Any) -> Change:
    """Set attributes that the item does not have yet."""
    assignments = tuple(f"#{name} = if_not_exists(#{name}, :{name})" for name in values)
    return Change(assignments=assignments, values=values)


def remove(*names: str) -> Change:
    """Remove attributes."""
    return Change(removed=names)


def settle(parts: Collection[str]) -> Change:
    """Remove parts from the set of pending ones."""
    return Change(settled=frozenset(parts))


def put_variants(job: Job, states: Mapping[str, VariantState]) -> Change:
    """Set single variants of a job and add to the counts of outcomes, in which those on request do not count.

    Other variants may change at the same time. Safe only with a condition that can be met once. Expressions number the
    variants, since a variant's name may have characters that they do not allow.
    """
    numbers = {name: number for number, name in enumerate(job.variants)}
    counted = [name for name in states if not job.variants[name].on_request]
    before = [job.variants[name].status for name in counted]
    after = [states[name].status for name in counted]
    counts = _add(
        variants_done=after.count(VariantStatus.COMPLETED) - before.count(VariantStatus.COMPLETED),
        variants_failed=after.count(VariantStatus.FAILED) - before.count(VariantStatus.FAILED),
    )
    return counts & Change(
        assignments=tuple(f"#variants.#variant_{numbers[name]} = :variant_{numbers[name]}" for name in states),
        values={
            f"variant_{numbers[name]}": variant_text(state, numbers[name], job.job_id) for name, state in states.items()
        },
        names={f"variant_{numbers[name]}": name for name in states},
    )


def _add(**amounts: int) -> Change:
    """Add to attributes that the item has."""
    given = {name: amount for name, amount in amounts.items() if amount}
    return Change(
        assignments=tuple(f"#{name} = #{name} + :more_{name}" for name in given),
        values={f"more_{name}": amount for name, amount in given.items()},
    )


def add_cost(cost: Cost) -> Change:
    """Add to the cost of the job. Safe only with a condition that can be met once."""
    used = cost.model_dump()
    return Change(
        assignments=tuple(f"#{name} = if_not_exists(#{name}, :no_cost) + :used_{name}" for name in used),
        values={"no_cost": 0, **{f"used_{name}": amount for name, amount in used.items()}},
    )


def add_results(size: int) -> Change:
    """Add to the bytes of a job's results. Safe only with a condition that can be met once."""
    if size == 0:
        return Change()
    return Change(
        assignments=("#results_bytes = if_not_exists(#results_bytes, :no_results) + :more_results",),
        values={"no_results": 0, "more_results": size},
    )

"""What an UpdateItem changes, as values rather than as text."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from darkroom.jobs import Cost, Job, VariantState, VariantStatus
from darkroom.tables.variant_text import variant_text


@dataclass(frozen=True, kw_only=True)
class Change:
    """An update expression in parts: `#name` in it stands for an attribute, `:name` for a value."""

    assignments: tuple[str, ...] = ()
    values: Mapping[str, Any] = field(default_factory=dict)
    names: Mapping[str, str] = field(default_factory=dict)
    """Placeholders whose attribute is not what they are called."""
    removed: tuple[str, ...] = ()
    taken_from_pending: frozenset[str] = frozenset()

    def __and__(self, other: "Change") -> "Change":
        return Change(
            assignments=self.assignments + other.assignments,
            values={**self.values, **other.values},
            names={**self.names, **other.names},
            removed=self.removed + other.removed,
            taken_from_pending=self.taken_from_pending | other.taken_from_pending,
        )

    @property
    def text(self) -> str:
        """The update expression."""
        clauses = []
        if self.assignments:
            clauses.append(f"SET {', '.join(self.assignments)}")
        if self.removed:
            clauses.append(f"REMOVE {', '.join(f'#{name}' for name in self.removed)}")
        if self.taken_from_pending:
            clauses.append("DELETE #pending :taken_parts")
        return " ".join(clauses)

    @property
    def all_values(self) -> dict[str, Any]:
        """The values, those of the sets included."""
        taken = {"taken_parts": set(self.taken_from_pending)} if self.taken_from_pending else {}
        return {**self.values, **taken}


def put(**values: Any) -> Change:
    """Set attributes; those whose value is None are left as they are."""
    given = {name: value for name, value in values.items() if value is not None}
    return Change(assignments=tuple(f"#{name} = :{name}" for name in given), values=given)


def put_once(**values: Any) -> Change:
    """Set attributes that the job does not have yet."""
    assignments = tuple(f"#{name} = if_not_exists(#{name}, :{name})" for name in values)
    return Change(assignments=assignments, values=values)


def remove(*names: str) -> Change:
    """Remove attributes."""
    return Change(removed=names)


def take_from_pending(parts: Collection[str]) -> Change:
    """Take parts out of the set of pending ones."""
    return Change(taken_from_pending=frozenset(parts))


def put_variants(job: Job, states: Mapping[str, VariantState]) -> Change:
    """Set single variants of a job and add to the counts of outcomes, whatever happens to its other variants meanwhile.

    Safe only because the condition beside it can be met but once. The variants' names are not fit for expressions.
    """
    places = {name: place for place, name in enumerate(job.variants)}
    before = [job.variants[name].status for name in states]
    after = [state.status for state in states.values()]
    counts = _add(
        variants_done=after.count(VariantStatus.COMPLETED) - before.count(VariantStatus.COMPLETED),
        variants_failed=after.count(VariantStatus.FAILED) - before.count(VariantStatus.FAILED),
    )
    return counts & Change(
        assignments=tuple(f"#variants.#variant_{places[name]} = :variant_{places[name]}" for name in states),
        values={
            f"variant_{places[name]}": variant_text(state, places[name], job.job_id) for name, state in states.items()
        },
        names={f"variant_{places[name]}": name for name in states},
    )


def _add(**amounts: int) -> Change:
    """Add to attributes that the job has."""
    given = {name: amount for name, amount in amounts.items() if amount}
    return Change(
        assignments=tuple(f"#{name} = #{name} + :more_{name}" for name in given),
        values={f"more_{name}": amount for name, amount in given.items()},
    )


def add_cost(cost: Cost) -> Change:
    """Add to what the job has cost. Safe only because the condition beside it can be met but once."""
    used = cost.model_dump()
    return Change(
        assignments=tuple(f"#{name} = if_not_exists(#{name}, :no_cost) + :used_{name}" for name in used),
        values={"no_cost": 0, **{f"used_{name}": amount for name, amount in used.items()}},
    )


def add_results(size: int) -> Change:
    """Add to the bytes of a job's results. Safe only because the condition beside it can be met but once."""
    if size == 0:
        return Change()
    return Change(
        assignments=("#results_bytes = if_not_exists(#results_bytes, :no_results) + :more_results",),
        values={"no_results": 0, "more_results": size},
    )

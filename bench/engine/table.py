"""Plain-text tables, and the goals for their figures."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Goal:
    """A figure with an upper or a lower limit as its goal, or with no goal."""

    figure: float
    at_most: float | None = None
    at_least: float | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is a goal."""
        return self.at_most is not None or self.at_least is not None

    @property
    def missed(self) -> bool:
        """Whether the goal was missed. A benchmark reports this and does not fail like a test."""
        return (self.at_most is not None and self.figure > self.at_most) or (
            self.at_least is not None and self.figure < self.at_least
        )


def judged(goal: Goal | None) -> list[str]:
    """Return three cells: the figure, its goal, and whether the goal was met."""
    if goal is None:
        return ["?", "", "?"]
    if goal.at_least is not None:
        return [f"{goal.figure:+.1f}", f"≥ {goal.at_least:.1f}", _verdict(goal)]
    if goal.at_most is not None:
        return [f"{goal.figure:.2f}", f"≤ {goal.at_most:.1f}", _verdict(goal)]
    return [f"{goal.figure:.2f}", "", ""]


def _verdict(goal: Goal) -> str:
    return "missed" if goal.missed else "met"


class Table:
    """A title, a head, and rows with as many cells as the head. The first cell of a row is its name."""

    def __init__(self, title: str, head: list[str]) -> None:
        self._title = title
        self._rows = [head]

    @property
    def has_rows(self) -> bool:
        """Whether there are rows besides the head."""
        return len(self._rows) > 1

    def add(self, row: list[str]) -> None:
        """Append a row."""
        self._rows.append(row)

    def __str__(self) -> str:
        """Return the lines with aligned columns."""
        widths = [max(map(len, column)) for column in zip(*self._rows, strict=True)]
        return "\n".join([self._title, *(_line(row, widths) for row in self._rows), ""])


def _line(row: list[str], widths: list[int]) -> str:
    name, *figures = row
    aligned = [cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True)]
    return "  ".join([name.ljust(widths[0]), *aligned]).rstrip()

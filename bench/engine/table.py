"""Tables of plain text."""


class Table:
    """A title, a head, and rows of as many cells; the first cell of a row is its name."""

    def __init__(self, title: str, head: list[str]) -> None:
        self._title = title
        self._rows = [head]

    def add(self, row: list[str]) -> None:
        """Append a row."""
        self._rows.append(row)

    def __str__(self) -> str:
        """The lines, columns aligned."""
        widths = [max(map(len, column)) for column in zip(*self._rows, strict=True)]
        return "\n".join([self._title, *(_line(row, widths) for row in self._rows), ""])


def verdict(*, met: bool) -> str:
    """Said, never asserted: a benchmark is no test."""
    return "met" if met else "missed"


def _line(row: list[str], widths: list[int]) -> str:
    name, *figures = row
    aligned = [cell.rjust(width) for cell, width in zip(figures, widths[1:], strict=True)]
    return "  ".join([name.ljust(widths[0]), *aligned]).rstrip()

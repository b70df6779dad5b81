"""Arithmetic of 3 × 3 matrices."""

Vector = tuple[float, float, float]
Matrix = tuple[Vector, Vector, Vector]
"""Three rows."""


def times(matrix: Matrix, vector: Vector) -> Vector:
    """Return the product of a matrix and a column vector."""
    first, second, third = (sum(a * b for a, b in zip(row, vector, strict=True)) for row in matrix)
    return first, second, third


def transposed(matrix: Matrix) -> Matrix:
    """Return the matrix with rows and columns exchanged."""
    first, second, third = zip(*matrix, strict=True)
    return first, second, third


def product(left: Matrix, right: Matrix) -> Matrix:
    """Return the matrix that applies `right` first, and then `left`."""
    first, second, third = (times(transposed(right), row) for row in left)
    return first, second, third


def diagonal(vector: Vector) -> Matrix:
    """Return the matrix that scales each component by its own factor."""
    return (vector[0], 0.0, 0.0), (0.0, vector[1], 0.0), (0.0, 0.0, vector[2])


def cross(left: Vector, right: Vector) -> Vector:
    """Return the cross product."""
    return (
        left[1] * right[2] - left[2] * right[1],
        left[2] * right[0] - left[0] * right[2],
        left[0] * right[1] - left[1] * right[0],
    )


def determinant(matrix: Matrix) -> float:
    """Return the determinant. It is zero if the rows lie in one plane."""
    return sum(a * b for a, b in zip(matrix[0], cross(matrix[1], matrix[2]), strict=True))


def inverse(matrix: Matrix) -> Matrix:
    """Return the inverse. Raises ZeroDivisionError if there is none."""
    scale = 1 / determinant(matrix)
    rows = cross(matrix[1], matrix[2]), cross(matrix[2], matrix[0]), cross(matrix[0], matrix[1])
    return transposed(product(diagonal((scale, scale, scale)), rows))

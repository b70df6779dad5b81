"""Says in words which settings from the environment are wrong."""

from pydantic import ValidationError


def faults_in_words(error: ValidationError, *, prefix: str) -> str:
    """Return a heading and a line for each fault, with the variable that it is about."""
    faults = [f"  {_variable(prefix, fault['loc'])}{fault['msg']}" for fault in error.errors()]
    return "\n".join(["The settings in the environment do not fit:", *faults])


def _variable(prefix: str, location: tuple[int | str, ...]) -> str:
    """Return the variable's name and a colon, or nothing for a fault of several variables together."""
    return f"{prefix}{'_'.join(str(step).upper() for step in location)}: " if location else ""

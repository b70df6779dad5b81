"""The state of an admission limit, which only tests ask for."""

from darkroom_upload.admission import Admission


def is_full(admission: Admission) -> bool:
    """Say whether no slot is free."""
    return admission._free == 0

"""The slots of an admission limit, seen from outside."""

from darkroom_upload.admission import Admission


def is_full(admission: Admission) -> bool:
    """Say whether no slot is free."""
    return admission._free == 0

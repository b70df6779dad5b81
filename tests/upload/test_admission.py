"""Tests of the slots of an admission limit: a fixed number, and never all for one owner."""

from contextlib import ExitStack

import pytest

from darkroom.errors import Unavailable
from darkroom_upload.admission import Admission
from tests.upload.slots import is_full


def taken(admission: Admission, owner: str, stack: ExitStack) -> int:
    """Take slots until the owner gets no more. Return their number."""
    count = 0
    while True:
        try:
            stack.enter_context(admission.slot(owner))
        except Unavailable:
            return count
        count += 1


@pytest.mark.parametrize(("slots", "own"), [(1, 1), (2, 2), (3, 3), (4, 3), (8, 6), (64, 48)])
def test_a_lone_owner_gets_three_quarters_of_the_slots(slots: int, own: int) -> None:
    with ExitStack() as stack:
        assert taken(Admission(slots, "uploads"), "ann", stack) == own


def test_a_later_owner_still_finds_slots() -> None:
    admission = Admission(64, "uploads")
    with ExitStack() as stack:
        assert [taken(admission, owner, stack) for owner in ("ann", "bob", "cid")] == [48, 12, 3]
        assert not is_full(admission)


def test_a_slot_is_free_again_however_its_use_ended() -> None:
    admission = Admission(1, "archives")

    def fail() -> None:
        with admission.slot("ann"):
            assert is_full(admission)
            admission.slot("bob").__enter__()

    with pytest.raises(Unavailable, match="Too many archives"):
        fail()
    with admission.slot("bob"):
        assert is_full(admission)

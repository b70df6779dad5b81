"""Moments and their text form."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkroom import clock

moments = st.datetimes(
    min_value=datetime(1, 1, 3),  # noqa: DTZ001 - hypothesis wants bounds without a zone
    max_value=datetime(9999, 12, 29),  # noqa: DTZ001 - the same
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=5, minutes=30)), timezone(timedelta(hours=-8))]),
)


def test_a_moment_is_written_in_utc_with_milliseconds() -> None:
    moment = datetime(2026, 11, 22, 7, 54, 1, 123_999, tzinfo=timezone(timedelta(hours=2)))
    assert clock.iso(moment) == "2026-11-22T05:54:01.123Z"


def test_now_is_in_utc() -> None:
    assert clock.now().utcoffset() == timedelta(0)


@given(moments)
def test_a_moment_read_back_is_the_moment_cut_to_milliseconds(moment: datetime) -> None:
    read = clock.parse(clock.iso(moment))
    assert timedelta(0) <= moment - read < timedelta(milliseconds=1)
    assert clock.iso(read) == clock.iso(moment)


@given(moments, moments)
def test_text_order_is_time_order(one: datetime, other: datetime) -> None:
    if one <= other:
        assert clock.iso(one) <= clock.iso(other)
    else:
        assert clock.iso(one) >= clock.iso(other)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "2026-11-22",
        "2026-11-22T05:54:01",
        "2026-11-22T05:54:01.123",
        "2026-11-22T05:54:01Z",
        "2026-11-22T05:54:01.123456Z",
        "2026-11-22T05:54:01.123+00:00",
        "2026-11-22T05:54:01.123+02:00",
        "2026-W47-7",
        "2026-02-30T00:00:00.000Z",
    ],
)
def test_every_other_form_of_time_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        clock.parse(text)

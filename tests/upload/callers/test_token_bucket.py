"""Tests of the arithmetic of token buckets."""

from hypothesis import given
from hypothesis import strategies as st

from darkroom.accounts.allowances import Rate
from darkroom_upload.callers.token_bucket import MICROSECONDS, TokenBucket

NOW = 1_700_000_000 * MICROSECONDS


class Simulated:
    """A bucket in memory that works as the table does."""

    def __init__(self, rate: Rate) -> None:
        self.bucket = TokenBucket.of(rate)
        self.full_at = 0

    def take(self, now: int) -> bool:
        if self.full_at > self.bucket.latest(now):
            return False
        self.full_at = max(self.full_at, now) + self.bucket.interval
        return True

    def tokens(self, now: int) -> int:
        return self.bucket.tokens(self.full_at, now)


def test_a_full_bucket_allows_one_burst() -> None:
    simulated = Simulated(Rate.of(2, 5))
    assert simulated.tokens(NOW) == 5
    assert [simulated.take(NOW) for _ in range(7)] == [True] * 5 + [False] * 2
    assert simulated.tokens(NOW) == 0


def test_tokens_come_back_one_by_one() -> None:
    simulated = Simulated(Rate.of(2, 5))
    for _ in range(5):
        simulated.take(NOW)
    almost = NOW + MICROSECONDS // 2 - 1
    assert not simulated.take(almost)
    assert simulated.take(almost + 1)
    assert not simulated.take(almost + 1)


def test_a_bucket_says_how_long_to_wait() -> None:
    simulated = Simulated(Rate.of(0.1, 2))
    assert simulated.bucket.seconds == 20
    for _ in range(2):
        assert simulated.bucket.seconds_to_token(simulated.full_at, NOW) == 0
        simulated.take(NOW)
    assert simulated.bucket.seconds_to_token(simulated.full_at, NOW) == 10
    assert simulated.bucket.seconds_to_token(simulated.full_at, NOW + 1) == 10
    assert simulated.bucket.seconds_to_token(simulated.full_at, NOW + MICROSECONDS) == 9
    assert simulated.bucket.seconds_to_full(simulated.full_at, NOW) == 20
    assert not simulated.take(NOW + 10 * MICROSECONDS - 1)
    assert simulated.take(NOW + 10 * MICROSECONDS)


@given(
    per_second=st.floats(0.01, 500),
    burst=st.integers(1, 50),
    pauses=st.lists(st.integers(0, 3 * MICROSECONDS), max_size=60),
)
def test_no_span_of_time_allows_more_than_the_burst_and_the_returned_tokens(
    per_second: float, burst: int, pauses: list[int]
) -> None:
    simulated, now, passed = Simulated(Rate(per_second=per_second, burst=burst)), NOW, list[int]()
    for pause in pauses:
        now += pause
        had_token = simulated.tokens(now) >= 1
        taken = simulated.take(now)
        assert taken == had_token
        passed += [now] if taken else []
    interval = simulated.bucket.interval
    for first, start in enumerate(passed):
        for last in range(first, len(passed)):
            assert last - first + 1 <= burst + (passed[last] - start) / interval

"""Measures how much CPU time each variant takes."""

import time


class CpuTimer:
    """Counts the CPU time of all threads, from one lap to the next."""

    def __init__(self) -> None:
        self._began = time.process_time()

    def lap(self) -> int:
        """Return the milliseconds of CPU time since the last lap, or since the timer was made."""
        began, self._began = self._began, time.process_time()
        return round((self._began - began) * 1000)

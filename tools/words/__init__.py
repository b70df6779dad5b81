"""Checks the words of the repository: how docstrings and test names begin, and words that few readers know."""

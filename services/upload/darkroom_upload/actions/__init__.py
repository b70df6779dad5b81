"""Actions on many jobs: those that a request names, and those that match a filter."""

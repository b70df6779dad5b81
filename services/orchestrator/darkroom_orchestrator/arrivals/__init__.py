"""Objects that arrive in the bucket of originals, and the jobs that they start."""

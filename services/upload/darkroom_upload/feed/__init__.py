"""The event stream of all jobs of an owner, from one feed of changes that a process reads for all streams."""

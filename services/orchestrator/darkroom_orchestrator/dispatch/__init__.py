"""Tasks: how a job is cut into them, and when they are sent."""

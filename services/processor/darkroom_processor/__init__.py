"""Darkroom's processor: takes tasks from a queue, makes the variants in a sandbox, and reports the outcomes."""

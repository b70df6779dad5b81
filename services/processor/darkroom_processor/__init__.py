"""Darkroom's image worker: takes tasks from a queue, makes the pictures in sandboxed processes, reports how it went."""

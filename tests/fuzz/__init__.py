"""Fuzzing: the processor's children work on damaged images and random recipes for a while. Failures are kept."""

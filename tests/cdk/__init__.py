"""Tests of the stacks' templates."""

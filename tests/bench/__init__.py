"""Tests of benchmarks and simulations."""

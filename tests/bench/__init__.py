"""The benchmarks and simulations."""

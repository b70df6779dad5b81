"""What tests and benchmarks share: large jobs, and a look at processes."""

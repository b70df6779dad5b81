"""What tests and benchmarks share: images, large jobs, and a look at processes."""

"""Measures the prices behind the planner's estimates, and compares estimates with what the pipeline really takes."""

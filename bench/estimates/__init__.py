"""Estimates: measures the prices that they are made of, and how near they come to what the pipeline takes."""

"""Encoding: one module for each format that is written, and the choice of format, quality and metadata."""

"""Originals and results in S3, with their versions."""

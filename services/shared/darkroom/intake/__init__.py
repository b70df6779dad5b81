"""Originals that pass through a service on their way to S3: their checks, and their writing."""

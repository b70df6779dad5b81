"""Performs actions on many jobs, page by page."""

"""Presets of owners: put, shown and deleted over the API."""

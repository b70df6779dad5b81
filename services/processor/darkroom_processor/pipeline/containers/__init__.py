"""Readers of container formats: what parts a file has and where each begins and ends. They decode nothing."""

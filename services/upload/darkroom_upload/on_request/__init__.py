"""Variants on request: made when somebody asks for them for the first time."""

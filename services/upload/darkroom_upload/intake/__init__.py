"""Intake of uploads: the form, the file, the new job and its original."""

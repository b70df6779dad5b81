"""Uploads on their way in: the form, the file, the new job and its original."""

"""Readers of container formats, one module a format: what parts a file has and where each begins and ends.

They decode no picture, and take time linear in the bytes. Those of PNG and JPEG never raise. They also rewrite a file
with only some of its parts, in one copy of the bytes, or in none if nothing changes.
"""

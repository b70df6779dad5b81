"""Readers of container formats, one module a format: what parts a file has and where each begins and ends.

They decode nothing, in time linear in the bytes. Those of PNG and JPEG never raise, and also rewrite a file with only
some of its parts: one copy of the bytes, and none if nothing changes.
"""

"""The dashboard's pages, as they were built from `frontend/`."""

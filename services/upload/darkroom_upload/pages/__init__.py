"""The dashboard's pages, as they were built from `frontend/`, and their content security policy."""

"""The HTTP API for the upload service and for operators. No web page may call it."""

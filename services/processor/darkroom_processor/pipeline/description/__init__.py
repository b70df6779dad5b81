"""Description: what is known of the source, such as its size, metadata and dominant colour."""

"""One module for each format that is written. Each takes a strip of pictures, an `Output`, and metadata to keep."""

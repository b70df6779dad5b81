"""The originals that jobs have: links to them, and second runs on them."""

"""Results as clients get them: by signed links, or as an archive."""

"""Results as clients get them: signed links, and archives."""

"""Makes what a release consists of: packages, and notes cut from the changelog."""

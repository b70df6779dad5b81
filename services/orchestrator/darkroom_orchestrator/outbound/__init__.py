"""Connections to addresses that clients name. They go only to allowed addresses; webhooks and imports use them."""

"""API keys that users make, see and revoke, for their own owner."""

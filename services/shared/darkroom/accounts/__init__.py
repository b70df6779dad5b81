"""Accounts: API keys, users, and their limits."""

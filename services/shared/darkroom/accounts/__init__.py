"""Accounts: API keys, users, and what each of them may use."""

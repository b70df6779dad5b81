"""Publishes the results of jobs under public addresses, and withdraws them."""

"""Commands for operators: API keys, users, data keys and dead letters.

They work on the tables with the services' own code, so they need the extra `operator`. `main` imports each when it is
called, and nothing else imports them.
"""

"""Commands for operators: API keys, users, data keys and dead letters.

Most of them work on the tables with the services' own code, so they need the extra `operator`. `dlq` calls the
orchestrator's internal API. `main` imports each command only when it is called.
"""

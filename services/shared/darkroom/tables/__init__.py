"""The DynamoDB tables that more than one service uses: how jobs, API keys, users, secrets and counters are stored."""

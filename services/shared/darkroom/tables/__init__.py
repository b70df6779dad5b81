"""The DynamoDB tables: how jobs, API keys, users, secrets and counters are stored. More than one service uses them."""

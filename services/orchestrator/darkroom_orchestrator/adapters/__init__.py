"""What the orchestrator's use cases stand on: DynamoDB, S3 and SNS."""

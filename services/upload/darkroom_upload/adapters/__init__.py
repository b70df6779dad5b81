"""What the upload service stands on: S3, DynamoDB and the orchestrator."""

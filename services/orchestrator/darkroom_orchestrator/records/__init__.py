"""Jobs in DynamoDB: every change is a conditional write of the job's item."""

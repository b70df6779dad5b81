"""The processor's adapters to AWS. Only these modules know botocore."""

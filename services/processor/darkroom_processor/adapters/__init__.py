"""What the processor needs of AWS. Only these modules know botocore."""

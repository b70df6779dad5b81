"""The stacks, as CloudFormation gets them."""
